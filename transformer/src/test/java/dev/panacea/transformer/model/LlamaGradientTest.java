package dev.panacea.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.PairLoss;
import dev.panacea.autograd.operations.SequenceSum;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.preference.PreferenceLoss;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.SmallAdapter;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Gradients of whole models against central differences of the float64 forward, parameter by parameter. */
class LlamaGradientTest {
    private static final double STEP = 1e-5;

    /**
     * Two blocks and a softmax behind each other amplify float32's rounding of 6e-8 some twenty times, and the gradient of an s,
     * a single number, is a sum over all tokens whose terms cancel.
     */
    private static final double TOLERANCE = 2e-5;

    private static final int PROMPT = 3;
    private static final PackedSequences READ = PackedSequences.ofLengths(5, 7, 4, 6);
    private static final float BETA = 0.5f;
    private static final float[] LABEL = {1, -1, -1, 0};
    private static final float[] UPSTREAM = {0.7f, 0.3f, 1.1f, 5};
    private static final double[][] LAMBDA = {{0.25, 0.75}, {1, 0}};

    private final int[][] texts = new int[READ.count()][];

    LlamaGradientTest() {
        Random random = new Random(5);
        for (int i = 0; i < texts.length; i++) {
            texts[i] = random.ints(READ.length(i) + 1, 0, SmallLlama.CONFIG.vocabularySize()).toArray();
        }
    }

    /** Two pairs with a preference each; the losses' weighted sum is what is differentiated. */
    @Test
    void dpoThroughAdaptersOfTwoBlocks() {
        try (SmallLlama small = new SmallLlama(SmallLlama.config(false, new RotaryScaling.None()), 6)) {
            SvdLoraAdapter adapter = SmallAdapter.random(small, 7);
            Float64Llama reference = small.reference().with(adapter);
            double expected = dpo(reference);
            Map<String, double[]> gradients = differences(adapter.parameters(), reference, () -> dpo(reference));
            assertEquals(expected, dpo(small, adapter, SvdLoraLinear.Path.UNMERGED, Recomputation.OFF), 1e-5 * expected);
            assertGradients(gradients, adapter.parameters());
            dpo(small, adapter, SvdLoraLinear.Path.AUGMENTED, Recomputation.OFF);
            assertGradients(gradients, adapter.parameters());
            for (Recomputation recomputation : List.of(Recomputation.SELECTIVE, Recomputation.FULL)) {
                dpo(small, adapter, SvdLoraLinear.Path.UNMERGED, recomputation);
                assertGradients(gradients, adapter.parameters());
            }
        }
    }

    /** The weighted sum of losses; the adapter's gradients are then that sum's. */
    private double dpo(SmallLlama small, SvdLoraAdapter adapter, SvdLoraLinear.Path path, Recomputation recomputation) {
        adapter.parameters().clearGradients();
        try (MemoryScope scope = small.scope().child("step")) {
            Tape tape = Tape.recording(small.kernels(), scope);
            int[] pairOfRow = Arrays.stream(READ.sequenceOfToken()).map(sequence -> sequence / 2).toArray();
            Tensor logProb = small.frozenModel().logProbs(tape, batch(scope), targets(scope),
                adapter.at(LAMBDA, path).forRows(tape, pairOfRow), recomputation);
            Tensor loss = PairLoss.apply(tape, new PreferenceLoss.Shape(2, 2, BETA), SequenceSum.apply(tape, READ, logProb),
                floats(scope, LABEL));
            float[] losses = loss.toFloats();
            tape.backward(loss, floats(scope, UPSTREAM));
            return IntStream.range(0, losses.length).mapToDouble(i -> UPSTREAM[i] * losses[i]).sum();
        }
    }

    private double dpo(Float64Llama policy) {
        double sum = 0;
        for (int i = 0; i < LABEL.length; i++) {
            int pair = i / 2;
            double margin = policy.logProb(texts[2 * pair], PROMPT, LAMBDA[pair])
                - policy.logProb(texts[2 * pair + 1], PROMPT, LAMBDA[pair]);
            sum += LABEL[i] == 0 ? 0 : UPSTREAM[i] * Math.log1p(Math.exp(-BETA * LABEL[i] * margin));
        }
        return sum;
    }

    /** Every weight of the model trained, its tied embedding in both places. */
    @Test
    void likelihoodThroughTheWholeModel() {
        try (SmallLlama small = new SmallLlama(SmallLlama.CONFIG, 8); MemoryScope scope = small.scope().child("step")) {
            Tape tape = Tape.recording(small.kernels(), scope);
            Tensor logProb = small.trainedModel().logProbs(tape, batch(scope), targets(scope), Projector.BASE, Recomputation.OFF);
            float[] ones = new float[READ.tokens()];
            Arrays.fill(ones, 1);
            tape.backward(logProb, floats(scope, ones));
            Float64Llama reference = small.reference();
            ParameterSet parameters = small.trainable().parameters();
            assertGradients(differences(parameters, reference,
                () -> Arrays.stream(texts).mapToDouble(text -> reference.logProb(text, PROMPT)).sum()), parameters);
        }
    }

    private static void assertGradients(Map<String, double[]> expected, ParameterSet parameters) {
        parameters.tensors().forEach((name, tensor) -> RelativeError.assertAtMost(TOLERANCE, "gradient of " + name, expected.get(name),
            HostBuffer.of(tensor.gradient()).toFloats()));
    }

    private static Map<String, double[]> differences(ParameterSet parameters, Float64Llama reference, DoubleSupplier objective) {
        return parameters.tensors().keySet().stream().collect(Collectors.toMap(Function.identity(), name -> {
            double[] values = reference.get(name);
            double[] gradient = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                double here = values[i];
                values[i] = here + STEP;
                double above = objective.getAsDouble();
                values[i] = here - STEP;
                gradient[i] = (above - objective.getAsDouble()) / (2 * STEP);
                values[i] = here;
            }
            return gradient;
        }));
    }

    private TokenBatch batch(MemoryScope scope) {
        return TokenBatch.of(scope, READ, Arrays.stream(texts).flatMapToInt(text -> Arrays.stream(text, 0, text.length - 1)).toArray());
    }

    private Buffer targets(MemoryScope scope) {
        int[] targets = Arrays.stream(texts).flatMapToInt(text -> {
            int[] asked = Arrays.copyOfRange(text, 1, text.length);
            Arrays.fill(asked, 0, PROMPT - 1, -1);
            return Arrays.stream(asked);
        }).toArray();
        return TokenBatch.upload(scope, "targets", targets);
    }

    private static HostBuffer floats(MemoryScope scope, float[] values) {
        return scope.allocateHost("values", DType.F32, values.length).copyFrom(values);
    }
}
