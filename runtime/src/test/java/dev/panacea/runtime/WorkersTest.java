package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyTaskRunsOnce(int threads) {
        try (var workers = new Workers(threads)) {
            for (int tasks : new int[] {0, 1, 2, 7, 1000}) {
                var runs = new AtomicIntegerArray(tasks);
                workers.forEach(tasks, runs::incrementAndGet);
                for (int task = 0; task < tasks; task++) {
                    assertEquals(1, runs.get(task), "task " + task + " of " + tasks);
                }
            }
        }
    }

    @Test
    void severalThreadsTakePart() {
        try (var workers = new Workers(3)) {
            Set<Thread> seen = ConcurrentHashMap.newKeySet();
            var all = new CountDownLatch(3);
            workers.forEach(3, task -> {
                seen.add(Thread.currentThread());
                all.countDown();
                await(all);
            });
            assertEquals(3, seen.size());
            assertTrue(seen.contains(Thread.currentThread()));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void loopsInsideTasksRunOnTheirThread() {
        try (var workers = new Workers(4)) {
            var sum = new AtomicLong();
            workers.forEach(50, outer -> {
                Thread thread = Thread.currentThread();
                assertTrue(Workers.insideTask());
                workers.forEach(20, inner -> {
                    assertSame(thread, Thread.currentThread());
                    sum.addAndGet(outer * 20 + inner);
                });
            });
            assertFalse(Workers.insideTask());
            assertEquals(IntStream.range(0, 1000).sum(), sum.get());
        }
    }

    @Test
    void aSingleThreadCountsAsInsideToo() {
        try (var workers = new Workers(1)) {
            workers.forEach(2, task -> assertTrue(Workers.insideTask()));
            assertFalse(Workers.insideTask());
        }
    }

    @Test
    void aFailureReachesTheCallerAndTheNextLoopIsFine() {
        try (var workers = new Workers(3)) {
            for (int failing = 0; failing < 20; failing++) {
                int bad = failing;
                var thrown = assertThrows(IllegalStateException.class, () -> workers.forEach(20, task -> {
                    if (task == bad) {
                        throw new IllegalStateException("task " + task);
                    }
                }));
                assertEquals("task " + bad, thrown.getMessage());
                var runs = new AtomicLong();
                workers.forEach(20, task -> runs.incrementAndGet());
                assertEquals(20, runs.get());
            }
            assertThrows(StackOverflowError.class, () -> workers.forEach(5, task -> {
                throw new StackOverflowError();
            }));
        }
    }

    @Test
    void manyShortLoopsSeeEachOthersWrites() {
        try (var workers = new Workers(2)) {
            long[] values = new long[64];
            for (int loop = 0; loop < 20_000; loop++) {
                workers.forEach(values.length, task -> values[task] += values[task] + task & 3);
            }
            long[] expected = new long[64];
            for (int loop = 0; loop < 20_000; loop++) {
                for (int task = 0; task < expected.length; task++) {
                    expected[task] += expected[task] + task & 3;
                }
            }
            assertArrayEquals(expected, values);
        }
    }

    @Test
    void sleepersWakeUp() {
        try (var workers = new Workers(2)) {
            for (int pause = 0; pause < 5; pause++) {
                sleep(Duration.ofMillis(3));
                var both = new CountDownLatch(2);
                Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> workers.forEach(2, task -> {
                    both.countDown();
                    await(both);
                }));
            }
        }
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void manyCallersShareTheWorkers() throws InterruptedException {
        try (var workers = new Workers(2)) {
            var total = new AtomicLong();
            Thread[] callers = IntStream.range(0, 4).mapToObj(i -> Thread.ofPlatform().start(() -> {
                for (int loop = 0; loop < 200; loop++) {
                    workers.forEach(10, task -> total.incrementAndGet());
                }
            })).toArray(Thread[]::new);
            for (Thread caller : callers) {
                caller.join();
            }
            assertEquals(4 * 200 * 10, total.get());
        }
    }

    @Test
    void closingEndsTheThreads() throws InterruptedException {
        var workers = new Workers(3);
        Set<Thread> helpers = ConcurrentHashMap.newKeySet();
        var all = new CountDownLatch(3);
        workers.forEach(3, task -> {
            helpers.add(Thread.currentThread());
            all.countDown();
            await(all);
        });
        helpers.remove(Thread.currentThread());
        workers.close();
        for (Thread helper : helpers) {
            helper.join(Duration.ofSeconds(20));
            assertFalse(helper.isAlive());
        }
        assertThrows(IllegalStateException.class, () -> workers.forEach(2, task -> { }));
    }

    @Test
    void refusesNoThreads() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> new Workers(0));
        assertEquals("at least one thread is needed, not 0", refusal.getMessage());
    }
}
