package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.autograd.Recomputation;
import dev.panacea.kernels.Kernels;
import dev.panacea.preference.Tchebycheff;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training by replayed graphs beside the same training without them, on the simulated GPU. */
@Tag("cuda")
class CapturedTrainingTest {
    private static final int STEPS = 3;
    private static final int LETTERS = 3;
    // of a sequence: two texts with a token at the beginning and one at the end, the last token not being read
    private static final int ROWS = 2 * LETTERS + 1;
    private static final int BATCH = 2;

    @TempDir
    private Path folder;

    @BeforeEach
    void needPtx() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
    }

    /** What is trained; its sequences being of one length, every batch has the same shape. Data and learning rate change each step. */
    private enum Case {
        /** Every pair with a λ of its own, in two parts, all of which go forward before their losses are weighed. */
        PAIRS(2),
        /** A λ for each batch, in one part that waits for its losses to be weighed. */
        DEMONSTRATIONS(2),
        /** All weights, the embedding among them, in two parts, whose losses are weighed beforehand. */
        WEIGHTS(1);

        private final int works;

        /** @param works that a step gives to the device, for each of which the host waits once */
        Case(int works) {
            this.works = works;
        }

        Trainer trainer(SmallTask task, boolean capture) {
            return switch (this) {
                case PAIRS -> task.trainer(task.dpo(0.5), BATCH, new Tchebycheff(), settings(2 * ROWS, capture));
                case DEMONSTRATIONS -> task.trainer(task.sft(), BATCH, new Tchebycheff(), settings(BATCH * ROWS, capture));
                case WEIGHTS -> task.trainerOfWeights(BATCH, settings(ROWS, capture));
            };
        }

        private Trainer.Settings settings(int tokenBudget, boolean capture) {
            return new Trainer.Settings(this == PAIRS, tokenBudget, Recomputation.OFF, 1, capture);
        }
    }

    /** Everything that training leaves and says. */
    private record Trace(List<Trainer.Outcome> outcomes, float[] parameters, float[] first, float[] second) {

        static Trace of(SmallTask task, Case what, List<Trainer.Outcome> outcomes) {
            var trained = what == Case.WEIGHTS ? task.weights() : task.adapter().parameters();
            return new Trace(outcomes, trained.values().toFloats(), task.optimizer().firstMoment().toFloats(),
                task.optimizer().secondMoment().toFloats());
        }

        void requireSame(Trace other) {
            for (int step = 0; step < outcomes.size(); step++) {
                Trainer.Outcome own = outcomes.get(step);
                Trainer.Outcome others = other.outcomes.get(step);
                assertArrayEquals(own.lambda(), others.lambda());
                assertArrayEquals(own.losses(), others.losses(), "losses of step " + step);
                assertEquals(own.total(), others.total());
                assertEquals(own.gradientNorm(), others.gradientNorm(), "norm of step " + step);
                assertEquals(own.learningRate(), others.learningRate());
            }
            assertArrayEquals(parameters, other.parameters);
            assertArrayEquals(first, other.first);
            assertArrayEquals(second, other.second);
        }
    }

    private SmallTask task(CudaDriver driver) {
        return new SmallTask(folder, Kernels.on(CudaDevice.open(driver, 0)), true, OptionalInt.of(LETTERS)).withTrainedAdapter();
    }

    private Trace train(Case what, boolean capture) {
        DriverCalls calls = new DriverCalls();
        try (SmallTask task = task(calls.driver())) {
            Trainer trainer = what.trainer(task, capture);
            List<Trainer.Outcome> outcomes = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                calls.reset();
                outcomes.add(trainer.step(step));
                boolean replayed = capture && step > 0;
                assertEquals(replayed ? what.works : 0, calls.of("launch(CudaGraphExec,CudaStream)"), "graphs in step " + step);
                // the first step also uploads tables, through memory that must be free
                assertTrue(calls.waits() == what.works || step == 0, calls.waits() + " waits in step " + step);
            }
            assertEquals(capture ? what.works : 0, trainer.graphs(), "the second step is captured, the others replay it");
            requireClosed(trainer, task.memory());
            return Trace.of(task, what, outcomes);
        }
    }

    /** A trainer holds nothing but what its scope holds, once it is closed. */
    private static void requireClosed(Trainer trainer, MemoryScope memory) {
        long held = memory.device().heldBytes();
        trainer.close();
        assertEquals(held, memory.device().heldBytes());
        assertEquals(held, memory.device().reservedBytes(), "an arena's memory goes back to the driver");
    }

    @ParameterizedTest
    @EnumSource
    void replayedStepsHaveTheBitsOfStepsThatRun(Case what) {
        Trace expected = train(what, false);
        expected.requireSame(train(what, true));
        if (what == Case.DEMONSTRATIONS) {
            expected.requireSame(interrupted(what));
        }
    }

    /** The same steps by two trainers, the second going on without the graphs of the first. */
    private Trace interrupted(Case what) {
        try (SmallTask task = task(new SimulatedDriver(SimulatorOptions.defaults()))) {
            List<Trainer.Outcome> outcomes = new ArrayList<>();
            try (Trainer first = what.trainer(task, true)) {
                outcomes.add(first.step(0));
                outcomes.add(first.step(1));
            }
            try (Trainer second = what.trainer(task, true)) {
                outcomes.add(second.step(2));
            }
            return Trace.of(task, what, outcomes);
        }
    }

    @Test
    void nothingOfAReplayIsOutOfBoundsUnwrittenOrRaced() {
        CheckedLaunches checks = new CheckedLaunches();
        try (SmallTask task = task(new SimulatedDriver(SimulatorOptions.defaults().withObservers(checks.observers())))) {
            Trainer trainer = Case.DEMONSTRATIONS.trainer(task, true);
            trainer.step(0);
            trainer.step(1);
            assertEquals(2, trainer.graphs());
            assertEquals(List.of(), checks.findings());
        }
    }
}
