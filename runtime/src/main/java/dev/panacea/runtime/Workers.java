package dev.panacea.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * The cores of the host device. {@link #forEach} splits work into numbered tasks; which thread runs a task never changes
 * what it computes, so results do not depend on the number of threads. A call from inside a task runs inline.
 */
public final class Workers implements AutoCloseable {

    private static final String THREADS = "PANACEA_THREADS";

    /**
     * How long a thread looks for its next event before it sleeps. A training step is hundreds of loops a few microseconds
     * apart, and waking a sleeper takes tens of them; an idle process still uses no CPU.
     */
    private static final long SPIN_NANOS = 100_000;
    private static final int LOOKS_BETWEEN_CLOCKS = 32;

    /** One parallel loop: threads claim task numbers until none is left. */
    private static final class Loop {
        private final int tasks;
        private final IntConsumer body;
        private final Thread caller;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger unfinished;
        private volatile Throwable failure;

        Loop(int tasks, IntConsumer body, Thread caller) {
            this.tasks = tasks;
            this.body = body;
            this.caller = caller;
            this.unfinished = new AtomicInteger(tasks);
        }

        void work() {
            for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        body.accept(task);
                    }
                } catch (Throwable t) {
                    failure = t;
                }
                if (unfinished.decrementAndGet() == 0) {
                    LockSupport.unpark(caller);
                }
            }
        }
    }

    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    private final Thread[] helpers;
    private volatile Loop current;
    private volatile boolean closed;

    Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = Thread.ofPlatform().daemon().name("panacea-worker-" + (i + 1)).start(this::serve);
        }
    }

    /**
     * The number of cores, or what {@code PANACEA_THREADS} says.
     *
     * @throws BadInputException when that variable is no positive number
     */
    static int defaultCount() {
        String setting = System.getenv(THREADS);
        if (setting == null || setting.isBlank()) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            int threads = Integer.parseInt(setting.strip());
            if (threads > 0) {
                return threads;
            }
        } catch (NumberFormatException e) {
            // the one message below serves both
        }
        throw new BadInputException("the environment variable " + THREADS + " is '" + setting + "', but must be a positive whole number");
    }

    public int count() {
        return helpers.length + 1;
    }

    /** Runs {@code body} for every task in [0, tasks) on all threads, the caller's among them, and returns when all are done. */
    public void forEach(int tasks, IntConsumer body) {
        if (tasks <= 1 || INSIDE.get()) {
            for (int task = 0; task < tasks; task++) {
                body.accept(task);
            }
            return;
        }
        run(new Loop(tasks, body, Thread.currentThread()));
    }

    /** Whether the calling thread runs a task of a loop, so that loops of its own would run on it alone. */
    static boolean insideTask() {
        return INSIDE.get();
    }

    // One loop at a time: a second caller waits, as its tasks would only compete for the same cores.
    private synchronized void run(Loop loop) {
        if (closed) {
            throw new IllegalStateException("the device of these threads is closed");
        }
        current = loop;
        for (int i = 0; i < Math.min(helpers.length, loop.tasks - 1); i++) {
            LockSupport.unpark(helpers[i]);
        }
        INSIDE.set(true);
        try {
            loop.work();
        } finally {
            INSIDE.set(false);
        }
        awaitUntil(() -> loop.unfinished.get() == 0);
        current = null;
        rethrow(loop.failure);
    }

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void serve() {
        INSIDE.set(true);
        Loop last = null;
        while (!closed) {
            Loop done = last;
            awaitUntil(() -> closed || current != null && current != done);
            Loop loop = current;
            if (loop != null && loop != done) {
                last = loop;
                loop.work();
            }
        }
    }

    // Whoever makes the event true unparks this thread afterwards, so none is missed between the last look and the park.
    private static void awaitUntil(BooleanSupplier event) {
        while (!spinUntil(event)) {
            LockSupport.park();
        }
    }

    private static boolean spinUntil(BooleanSupplier event) {
        long start = System.nanoTime();
        do {
            for (int look = 0; look < LOOKS_BETWEEN_CLOCKS; look++) {
                if (event.getAsBoolean()) {
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - start < SPIN_NANOS);
        return event.getAsBoolean();
    }

    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }
}
