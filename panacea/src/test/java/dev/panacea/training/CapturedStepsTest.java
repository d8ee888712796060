package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.objective.HostPass;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which works are captured, for how long, and what becomes of those that cannot be. */
class CapturedStepsTest {
    private static final int COUNT = 40;

    private final SplittableRandom random = new SplittableRandom();
    private final DriverCalls calls = new DriverCalls();
    private final CudaDevice device = CudaDevice.open(calls.driver(), 0);
    private final MemoryScope scope = device.openScope("test");
    private final Buffer input = scope.allocate("input", DType.I32, COUNT);
    private final Buffer output = scope.allocate("output", DType.I32, 2 * COUNT);
    private int runs;

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    private static List<HostPass.Shape> shape(int number) {
        return List.of(new HostPass.Shape(List.of(0, number), Map.of("ids", number)));
    }

    /** The input by way of scratch memory, then a table. */
    private void work(int number) {
        runs++;
        try (MemoryScope scratch = device.openScope("scratch")) {
            Buffer copy = scratch.allocate("copy", DType.I32, COUNT);
            copy.copyFrom(input);
            output.slice(0, COUNT).copyFrom(copy);
            output.slice(COUNT, number).copyFrom(device.table(table(number)));
        }
    }

    private static int[] table(int number) {
        return new SplittableRandom(number).ints(number).toArray();
    }

    private void requireRuns(CapturedSteps steps, int number, Runnable work, int expectedRuns) {
        int[] values = random.ints(COUNT).toArray();
        input.copyFrom(values);
        output.fill((byte) 0);
        runs = 0;
        steps.run(shape(number), List.of(work), () -> { });
        assertEquals(expectedRuns, runs, "runs of the host's side of work " + number);
        assertArrayEquals(values, output.slice(0, COUNT).toInts());
        assertArrayEquals(table(number), output.slice(COUNT, number).toInts());
    }

    @Test
    void theSecondTimeCapturesAndTheThirdReplays() {
        try (CapturedSteps steps = new CapturedSteps(device)) {
            int[] expectedRuns = {1, 1, 0, 0};
            for (int turn = 0; turn < expectedRuns.length; turn++) {
                requireRuns(steps, 3, () -> work(3), expectedRuns[turn]);
                requireRuns(steps, 7, () -> work(7), expectedRuns[turn]);
                assertEquals(turn == 0 ? 0 : 2, steps.graphs());
            }
            steps.clear();
            assertEquals(0, steps.graphs());
            requireRuns(steps, 3, () -> work(3), 1);
        }
    }

    @Test
    void theShapesSeenLastAreKeptAndTheGraphsOfOthersGo() {
        int most = CapturedSteps.MOST;
        CapturedSteps steps = new CapturedSteps(device);
        for (int number = 1; number <= most + 5; number++) {
            int own = number;
            requireRuns(steps, number, () -> work(own), 1);
            requireRuns(steps, number, () -> work(own), 1);
            assertEquals(Math.min(number, most), steps.graphs());
            assertEquals(steps.graphs(), calls.of("instantiate(CudaGraph)") - calls.of("destroy(CudaGraphExec)"));
        }
        requireRuns(steps, 6, () -> work(6), 0);
        requireRuns(steps, 5, () -> work(5), 1);
        requireRuns(steps, 6, () -> work(6), 0);
        requireRuns(steps, 7, () -> work(7), 1);
        long held = device.heldBytes();
        steps.close();
        assertEquals(calls.of("instantiate(CudaGraph)"), calls.of("destroy(CudaGraphExec)"));
        assertEquals(held, device.heldBytes());
        assertEquals(held, device.reservedBytes(), "the arena's memory goes back to the driver");
    }

    @Test
    void whatCannotBeCapturedRunsAsItComesAndSaysWhyInTheEnd() {
        try (CapturedSteps steps = new CapturedSteps(device)) {
            Runnable waiting = () -> {
                work(5);
                output.toInts();
            };
            requireRuns(steps, 5, waiting, 1);
            for (int failure = 0; failure < 3; failure++) {
                assertTrue(steps.failure().isEmpty());
                requireRuns(steps, 5, waiting, 2);
            }
            String reason = steps.failure().orElseThrow();
            assertTrue(reason.contains("captured copy"), reason);
            requireRuns(steps, 5, waiting, 1);
            assertEquals(0, steps.graphs());
        }
    }

    @Test
    void whatLiesBetweenTwoWorksOfAStepHappensEachTime() {
        try (CapturedSteps steps = new CapturedSteps(device)) {
            requireInTwo(steps, false, 1, 1);
            requireInTwo(steps, false, 1, 1);
            assertEquals(2, steps.graphs());
            requireInTwo(steps, false, 0, 1);
        }
    }

    @Test
    void aStepWhoseSecondWorkCannotBeCapturedRunsWhole() {
        try (CapturedSteps steps = new CapturedSteps(device)) {
            requireInTwo(steps, true, 1, 1);
            requireInTwo(steps, true, 2, 2);
            assertEquals(0, steps.graphs());
        }
    }

    /** A step in two works, the first leaving memory to the second. */
    private final class InTwo {
        private final boolean fails;
        private MemoryScope scratch;
        private Buffer copy;

        private InTwo(boolean fails) {
            this.fails = fails;
        }

        private void begin() {
            if (scratch != null) {
                scratch.close();
            }
            runs++;
            scratch = device.openScope("scratch");
            copy = scratch.allocate("copy", DType.I32, COUNT);
            copy.copyFrom(input);
        }

        private void end() {
            output.slice(0, COUNT).copyFrom(copy);
            scratch.close();
            if (fails) {
                output.toInts();
            }
        }
    }

    private void requireInTwo(CapturedSteps steps, boolean fails, int expectedRuns, int expectedBetween) {
        int[] values = random.ints(COUNT).toArray();
        input.copyFrom(values);
        output.fill((byte) 0);
        runs = 0;
        InTwo work = new InTwo(fails);
        int[] between = {0};
        steps.run(shape(1), List.of(work::begin, work::end), () -> {
            assertArrayEquals(new int[COUNT], output.slice(0, COUNT).toInts(), "the second work comes afterwards");
            between[0]++;
        });
        assertEquals(expectedRuns, runs);
        assertEquals(expectedBetween, between[0]);
        assertArrayEquals(values, output.slice(0, COUNT).toInts());
    }
}
