package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.preference.Linear;
import dev.panacea.preference.Scalarization;
import dev.panacea.preference.Tchebycheff;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {
    private static final int WHOLE = 10_000;
    private static final int SMALL = 70;

    @TempDir
    private Path folder;

    private record Step(Trainer.Outcome outcome, float[] gradients, float[] parameters) { }

    /** One step of a new task with a trained adapter. */
    private Step step(boolean sft, Scalarization scalarization, boolean lambdaPerItem, int tokenBudget) {
        return step(DType.F32, sft, scalarization, lambdaPerItem, tokenBudget, Recomputation.OFF);
    }

    private Step step(DType activations, boolean sft, Scalarization scalarization, boolean lambdaPerItem, int tokenBudget,
                      Recomputation recomputation) {
        try (SmallTask task = new SmallTask(folder, Kernels.on(new HostDevice(2), activations), true).withTrainedAdapter()) {
            Objective objective = sft ? task.sft() : task.dpo(0.5);
            Trainer.Outcome outcome = task.trainer(objective, 8, scalarization,
                new Trainer.Settings(lambdaPerItem, tokenBudget, recomputation, 1)).step(2);
            return new Step(outcome, HostBuffer.of(task.adapter().parameters().gradients()).toFloats(),
                HostBuffer.of(task.adapter().parameters().values()).toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource({"false,false,false", "false,false,true", "false,true,false", "false,true,true", "true,false,true", "true,true,false"})
    void aBatchInPartsIsTheBatchInOne(boolean sft, boolean tchebycheff, boolean lambdaPerItem) {
        Scalarization scalarization = tchebycheff ? new Tchebycheff() : new Linear();
        Step whole = step(sft, scalarization, lambdaPerItem, WHOLE);
        Step parts = step(sft, scalarization, lambdaPerItem, SMALL);
        assertArrayEquals(whole.outcome.losses(), parts.outcome.losses(), 1e-5);
        assertEquals(whole.outcome.total(), parts.outcome.total(), 1e-5);
        assertEquals(whole.outcome.active(), parts.outcome.active());
        assertEquals(whole.outcome.tokens(), parts.outcome.tokens());
        assertTrue(whole.outcome.tokens() > SMALL, "the budget must cut the batch");
        assertEquals(whole.outcome.gradientNorm(), parts.outcome.gradientNorm(), 1e-5 * whole.outcome.gradientNorm());
        assertClose(whole.gradients, parts.gradients);
    }

    private static void assertClose(float[] expected, float[] actual) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        double error = Math.sqrt(difference / norm);
        assertTrue(error < 1e-5, () -> "gradients are off by " + error);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void whatIsComputedAgainGivesTheSameBits(DType activations) {
        Step kept = step(activations, false, new Tchebycheff(), true, SMALL, Recomputation.OFF);
        for (Recomputation recomputation : List.of(Recomputation.SELECTIVE, Recomputation.FULL)) {
            Step again = step(activations, false, new Tchebycheff(), true, SMALL, recomputation);
            assertArrayEquals(kept.gradients, again.gradients);
            assertArrayEquals(kept.parameters, again.parameters);
        }
    }

    @Test
    void aDimensionThatNoItemOfTheBatchIsJudgedInHasNoLoss() {
        try (SmallTask task = new SmallTask(folder)) {
            Objective objective = task.dpo(0.5);
            Trainer trainer = task.trainer(objective, 1, new Linear(), new Trainer.Settings(false, WHOLE, Recomputation.OFF, 1));
            int without = 0;
            for (long step = 0; step < SmallTask.PAIRS; step++) {
                Trainer.Outcome outcome = trainer.step(step);
                without += Double.isNaN(outcome.losses()[1]) ? 1 : 0;
                assertTrue(Double.isFinite(outcome.losses()[0]) && Double.isFinite(outcome.total()));
            }
            assertEquals(SmallTask.PAIRS / 2, without, "one epoch meets every pair once");
        }
    }

    @Test
    void aDivergedStepLeavesParametersAndMomentsAsTheyWere() {
        try (SmallTask task = new SmallTask(folder).withTrainedAdapter()) {
            Trainer trainer = task.trainer(task.dpo(0.5), 3, new Linear(), new Trainer.Settings(false, WHOLE, Recomputation.OFF, 1));
            trainer.step(0);
            HostBuffer.of(task.adapter().parameters().get("layers.0.self_attn.q_proj.sigma").buffer()).setFloat(0, Float.NaN);
            float[] parameters = HostBuffer.of(task.adapter().parameters().values()).toFloats();
            float[] moment = HostBuffer.of(task.optimizer().firstMoment()).toFloats();
            DivergedException diverged = assertThrows(DivergedException.class, () -> trainer.step(1));
            assertEquals(2, diverged.step());
            assertEquals(3, diverged.batch().size());
            assertTrue(diverged.getMessage().contains("step 2") && diverged.getMessage().contains(diverged.batch().getFirst()));
            assertArrayEquals(parameters, HostBuffer.of(task.adapter().parameters().values()).toFloats());
            assertArrayEquals(moment, HostBuffer.of(task.optimizer().firstMoment()).toFloats());
        }
    }

    /** A reference that no policy comes near makes losses overflow, while the gradient of each is at most β. */
    @Test
    void anInfiniteLossWithAFiniteGradientLeavesParametersAndMomentsAsTheyWere() {
        try (SmallTask task = new SmallTask(folder).withTrainedAdapter()) {
            LlamaTensors own = task.model().tensors();
            try (MemoryScope scope = task.memory().child("reference")) {
                Tensor norm = Tensor.constant(scope.allocate("norm", DType.F32, own.finalNorm().count()), own.finalNorm().shape());
                HostBuffer.of(norm.buffer()).copyFrom(filled((int) norm.count(), 1e25f));
                LlamaModel far = task.model().with(new LlamaTensors(own.embedding(), own.head(), norm, own.layers()));
                Objective objective = new DpoObjective(task.model(), task.pairs(),
                    ReferenceLogProbs.compute(scope, far, task.pairs(), 100, done -> { }), 1e14);
                Trainer trainer = task.trainer(objective, SmallTask.PAIRS, new Linear(),
                    new Trainer.Settings(false, WHOLE, Recomputation.OFF, 1));
                float[] parameters = HostBuffer.of(task.adapter().parameters().values()).toFloats();
                DivergedException diverged = assertThrows(DivergedException.class, () -> trainer.step(0));
                assertEquals(SmallTask.PAIRS, diverged.batch().size());
                float[] gradient = HostBuffer.of(task.adapter().parameters().gradients()).toFloats();
                for (float entry : gradient) {
                    assertTrue(Float.isFinite(entry), "the gradient must not be what stops the step");
                }
                assertArrayEquals(parameters, HostBuffer.of(task.adapter().parameters().values()).toFloats());
                assertArrayEquals(new float[parameters.length], HostBuffer.of(task.optimizer().firstMoment()).toFloats());
                assertArrayEquals(new float[parameters.length], HostBuffer.of(task.optimizer().secondMoment()).toFloats());
            }
        }
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void whatWasPreparedForAnotherStepIsNotUsed() {
        try (SmallTask task = new SmallTask(folder)) {
            Trainer trainer = task.trainer(task.dpo(0.5), 3, new Linear(), new Trainer.Settings(true, WHOLE, Recomputation.OFF, 1));
            double[] seventh = trainer.step(7).lambda();
            double[] second = trainer.step(2).lambda();
            assertFalse(Arrays.equals(seventh, second));
            assertArrayEquals(seventh, trainer.step(7).lambda());
            assertArrayEquals(second, trainer.step(2).lambda());
        }
    }

    @Test
    void anItemThatFitsNoBudgetIsRefusedByItsName() {
        try (SmallTask task = new SmallTask(folder)) {
            Trainer trainer = task.trainer(task.dpo(0.5), 3, new Linear(), new Trainer.Settings(false, 5, Recomputation.OFF, 1));
            assertTrue(assertThrows(BadInputException.class, () -> trainer.step(0)).getMessage().contains("pair-"));
        }
    }
}
