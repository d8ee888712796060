package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Linear;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Training by replayed graphs beside the same training without them, on the simulated GPU. */
@Tag("cuda")
class CapturedTrainingTest {
    private static final int STEPS = 4;
    private static final int LETTERS = 5;
    private static final int BATCH = 2;

    @TempDir
    private Path folder;

    @BeforeEach
    void needPtx() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
    }

    /** What is trained, its sequences being of one length, so that every batch has the same shape. */
    private enum Case {
        /** λ, data and learning rate change from step to step. */
        PAIRS,
        /** Every pair with a λ of its own, in two parts. */
        PAIRS_IN_PARTS,
        /** All weights, the embedding among them. */
        WEIGHTS;

        Trainer trainer(SmallTask task, boolean capture) {
            boolean parts = this == PAIRS_IN_PARTS;
            Trainer.Settings settings = new Trainer.Settings(parts, parts ? 30 : 10_000, false, 1, capture);
            Objective objective = task.dpo(0.5);
            return this == WEIGHTS ? task.trainerOfWeights(BATCH, settings) : task.trainer(objective, BATCH, new Linear(), settings);
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

    private SmallTask task() {
        Kernels kernels = Kernels.on(CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0));
        return new SmallTask(folder, kernels, true, OptionalInt.of(LETTERS)).withTrainedAdapter();
    }

    private Trace train(Case what, boolean capture) {
        try (SmallTask task = task()) {
            Trainer trainer = what.trainer(task, capture);
            List<Trainer.Outcome> outcomes = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                outcomes.add(trainer.step(step));
                assertEquals(capture && step > 0 ? 1 : 0, trainer.graphs(), "the second step is captured, the others replay it");
            }
            return Trace.of(task, what, outcomes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void replayedStepsHaveTheBitsOfStepsThatRun(Case what) {
        train(what, false).requireSame(train(what, true));
    }

    @Test
    void aRunGoesOnWithoutTheGraphsOfTheTrainerBefore() {
        Trace undisturbed = train(Case.PAIRS, true);
        try (SmallTask task = task()) {
            List<Trainer.Outcome> outcomes = new ArrayList<>();
            for (int from = 0; from < STEPS; from += 3) {
                try (Trainer trainer = Case.PAIRS.trainer(task, true)) {
                    for (int step = from; step < Math.min(from + 3, STEPS); step++) {
                        outcomes.add(trainer.step(step));
                    }
                }
            }
            undisturbed.requireSame(Trace.of(task, Case.PAIRS, outcomes));
        }
    }

    @Test
    void aClosedTrainerHoldsNothingButWhatItsScopeHolds() {
        try (SmallTask task = task()) {
            Trainer trainer = Case.PAIRS.trainer(task, true);
            trainer.step(0);
            trainer.step(1);
            long held = task.memory().device().heldBytes();
            trainer.step(2);
            assertEquals(held, task.memory().device().heldBytes());
            trainer.close();
            assertEquals(held, task.memory().device().heldBytes());
            assertEquals(held, task.memory().device().reservedBytes(), "an arena's memory goes back to the driver");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepWaitsOnceForTheDevice(boolean capture) {
        DriverCalls calls = new DriverCalls();
        try (SmallTask task = new SmallTask(folder, Kernels.on(CudaDevice.open(calls.driver(), 0)), true, OptionalInt.of(LETTERS))) {
            Trainer trainer = Case.PAIRS_IN_PARTS.trainer(task, capture);
            for (int step = 0; step < 3; step++) {
                calls.reset();
                trainer.step(step);
                // the first one also uploads tables, through slots that must be free
                assertTrue(calls.waits() == 1 || step == 0, calls.waits() + " waits in step " + step);
                assertEquals(capture && step > 0 ? 1 : 0, calls.of("launch(CudaGraphExec,CudaStream)"));
            }
        }
    }
}
