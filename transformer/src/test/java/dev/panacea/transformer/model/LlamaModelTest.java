package dev.panacea.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LlamaModelTest {
    private static final PackedSequences SEQUENCES = PackedSequences.ofLengths(9, 1, 31);

    static Stream<LlamaConfig> configs() {
        RotaryScaling llama3 = new RotaryScaling.Llama3(8, 1, 4, 32);
        return Stream.of(SmallLlama.CONFIG, SmallLlama.config(false, llama3), SmallLlama.config(true, new RotaryScaling.Linear(4)));
    }

    private static int[] ids(LlamaConfig config) {
        return new Random(2).ints(SEQUENCES.tokens(), 0, config.vocabularySize()).toArray();
    }

    private static int[] sequence(int[] ids, int sequence) {
        return Arrays.copyOfRange(ids, SEQUENCES.start(sequence), SEQUENCES.start(sequence) + SEQUENCES.length(sequence));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void hiddenStatesLogitsAndLogProbsAreThoseOfFloat64(LlamaConfig config) {
        int[] ids = ids(config);
        try (SmallLlama small = new SmallLlama(config, 1)) {
            Float64Llama reference = small.reference();
            List<int[]> parts = List.of(sequence(ids, 0), sequence(ids, 1), sequence(ids, 2));
            double[] hidden = parts.stream().flatMapToDouble(part -> Arrays.stream(RelativeError.flat(reference.hidden(part)))).toArray();
            double[][] logits = parts.stream().flatMap(part -> Arrays.stream(reference.logits(part))).toArray(double[][]::new);
            Outputs found = outputs(small, small.frozenModel(), ids);
            RelativeError.assertAtMost(1e-5, "hidden states", hidden, found.hidden);
            RelativeError.assertAtMost(1e-5, "logits", RelativeError.flat(logits), found.logits);
            double[] logProbs = new double[ids.length];
            Arrays.setAll(logProbs, t -> logits[t][ids[t]] - Float64Llama.logSumExp(logits[t]));
            RelativeError.assertAtMost(1e-5, "log-probabilities", logProbs, found.logProbs);
        }
    }

    /**
     * The yardstick is exact arithmetic on operands rounded to bfloat16. Ours rounds the same operands, but after float32's
     * errors, so that some fall to the other side and the two errors differ a little, either way.
     */
    @Test
    void bfloat16CostsWhatItsRoundingSays() {
        int[] ids = ids(SmallLlama.CONFIG);
        try (SmallLlama small = new SmallLlama(SmallLlama.CONFIG, 1)) {
            double[] exact = logits(small.reference(), ids);
            double[] rounded = logits(small.reference().rounding(LlamaModelTest::toBfloat16), ids);
            double yardstick = RelativeError.of(exact, rounded);
            double error = RelativeError.of(exact, outputs(small, small.frozenModel(DType.BF16), ids).logits);
            assertEquals(1, error / yardstick, 0.25, error + " against " + yardstick);
        }
    }

    private static double[] logits(Float64Llama reference, int[] ids) {
        return Stream.of(0, 1, 2).flatMapToDouble(i -> Arrays.stream(RelativeError.flat(reference.logits(sequence(ids, i))))).toArray();
    }

    /** To nearest, ties to even. */
    private static double toBfloat16(double value) {
        int bits = Float.floatToRawIntBits((float) value);
        int rounded = bits + 0x7fff + (bits >>> 16 & 1);
        return Float.intBitsToFloat(rounded & 0xffff0000);
    }

    /** All outputs for the packed sequences, the targets being the tokens read. */
    private record Outputs(float[] hidden, float[] logits, float[] logProbs) { }

    private static Outputs outputs(SmallLlama small, LlamaModel model, int[] ids) {
        try (MemoryScope scope = small.scope().child("forward")) {
            Tape tape = Tape.withoutGradients(small.kernels(), scope);
            TokenBatch batch = TokenBatch.of(scope, SEQUENCES, ids);
            Tensor hidden = model.hidden(tape, batch, Projector.BASE, Recomputation.OFF);
            int vocabulary = model.config().vocabularySize();
            HostBuffer logits = scope.allocateHost("logits", DType.F32, (long) ids.length * vocabulary);
            small.kernels().linearLogProb().logits(new LinearLogProb.Shape(ids.length, model.config().hiddenSize(), vocabulary),
                hidden.buffer(), model.tensors().head().buffer(), logits);
            Tensor logProbs = model.logProbs(tape, batch, batch.ids(), Projector.BASE, Recomputation.OFF);
            return new Outputs(hidden.toFloats(), logits.toFloats(), logProbs.toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SELECTIVE", "FULL"})
    void whatIsComputedAgainGivesTheSameLossAndGradients(Recomputation recomputation) {
        try (SmallLlama small = new SmallLlama(SmallLlama.CONFIG, 3)) {
            assertArrayEquals(trained(small, Recomputation.OFF), trained(small, recomputation));
        }
    }

    /** Log-probabilities, then all gradients of their sum. */
    private static float[] trained(SmallLlama small, Recomputation recomputation) {
        LlamaModel model = small.trainedModel();
        small.trainable().parameters().clearGradients();
        try (MemoryScope scope = small.scope().child("step")) {
            Tape tape = Tape.recording(small.kernels(), scope);
            TokenBatch batch = TokenBatch.of(scope, SEQUENCES, ids(model.config()));
            Tensor logProbs = model.logProbs(tape, batch, batch.ids(), Projector.BASE, recomputation);
            Buffer seed = scope.allocate("seed", DType.F32, logProbs.count());
            small.kernels().elementwise().fill(seed.count(), 1, seed);
            float[] values = logProbs.toFloats();
            tape.backward(logProbs, seed);
            float[] gradients = HostBuffer.of(small.trainable().parameters().gradients()).toFloats();
            float[] both = Arrays.copyOf(values, values.length + gradients.length);
            System.arraycopy(gradients, 0, both, values.length, gradients.length);
            return both;
        }
    }

    @Test
    void aSequenceBeyondTheModelsPositionsIsRefused() {
        try (SmallLlama small = new SmallLlama(SmallLlama.CONFIG, 4); MemoryScope scope = small.scope().child("forward")) {
            TokenBatch batch = TokenBatch.of(scope, PackedSequences.ofLengths(3, 49), new int[52]);
            Tape tape = Tape.withoutGradients(small.kernels(), scope);
            LlamaModel model = small.frozenModel();
            String message = assertThrows(BadInputException.class, () -> model.hidden(tape, batch, Projector.BASE, Recomputation.OFF))
                .getMessage();
            assertTrue(message.contains("49 tokens") && message.contains("48 positions"), message);
        }
    }
}
