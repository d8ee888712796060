package dev.panacea.transformer.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.model.Float64Llama;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import dev.panacea.transformer.model.RelativeError;
import dev.panacea.transformer.model.RowProjector;
import dev.panacea.transformer.model.SmallLlama;
import dev.panacea.transformer.model.TokenBatch;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SvdLoraAdapterTest {
    private static final PackedSequences SEQUENCE = PackedSequences.ofLengths(17);
    private static final double[][] PREFERENCES = {{1, 0}, {0, 1}, {0.3, 0.7}};

    private final SmallLlama small = new SmallLlama(SmallLlama.CONFIG, 31);
    private final LlamaModel base = small.frozenModel();
    private final int[] ids = new Random(32).ints(SEQUENCE.tokens(), 0, SmallLlama.CONFIG.vocabularySize()).toArray();

    @AfterEach
    void close() {
        small.close();
    }

    private float[] hidden(LlamaModel model, RowProjector projector) {
        try (MemoryScope scope = small.scope().child("forward")) {
            Tape tape = Tape.withoutGradients(small.kernels(), scope);
            return model.hidden(tape, TokenBatch.of(scope, SEQUENCE, ids), projector.forRows(tape, new int[ids.length]),
                Recomputation.OFF).toFloats();
        }
    }

    private static RowProjector at(SvdLoraAdapter adapter, double[] lambda, SvdLoraLinear.Path path) {
        return adapter.at(new double[][] {lambda}, path);
    }

    @ParameterizedTest
    @EnumSource
    void atTheStartTheModelIsTheBaseForEveryPreference(SvdLoraLinear.Path path) {
        SvdLoraAdapter adapter = SmallAdapter.initial(small, 33);
        float[] bare = hidden(base, RowProjector.BASE);
        double[] expected = new double[bare.length];
        Arrays.setAll(expected, i -> bare[i]);
        for (double[] lambda : PREFERENCES) {
            RelativeError.assertAtMost(1e-6, "hidden states", expected, hidden(base, at(adapter, lambda, path)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPathAndTheMergedModelAreThoseOfFloat64(SvdLoraLinear.Path path) {
        SvdLoraAdapter adapter = SmallAdapter.random(small, 34);
        Float64Llama reference = small.reference().with(adapter);
        for (double[] lambda : PREFERENCES) {
            double[] expected = RelativeError.flat(reference.hidden(ids, lambda));
            RelativeError.assertAtMost(1e-5, path.toString(), expected, hidden(base, at(adapter, lambda, path)));
            LlamaModel merged = base.with(adapter.merge(small.kernels(), small.scope(), base.tensors(), lambda));
            RelativeError.assertAtMost(1e-5, "merged model", expected, hidden(merged, RowProjector.BASE));
        }
    }

    @Test
    void mergedWeightsAreAffineInThePreferenceAndExactToRounding() {
        SvdLoraAdapter adapter = SmallAdapter.random(small, 35);
        LlamaTensors first = adapter.merge(small.kernels(), small.scope(), base.tensors(), new double[] {1, 0});
        LlamaTensors second = adapter.merge(small.kernels(), small.scope(), base.tensors(), new double[] {0, 1});
        LlamaTensors mixed = adapter.merge(small.kernels(), small.scope(), base.tensors(), new double[] {0.3, 0.7});
        for (AdaptedMatrix matrix : adapter.plan().matrices()) {
            double[] expected = formula(adapter, matrix, new double[] {0.3, 0.7});
            RelativeError.assertAtMost(2e-7, matrix + " merged", expected, weight(mixed, matrix));
            float[] a = weight(first, matrix);
            float[] b = weight(second, matrix);
            double[] between = new double[a.length];
            Arrays.setAll(between, i -> 0.3 * a[i] + 0.7 * b[i]);
            RelativeError.assertAtMost(3e-7, matrix + " interpolated", between, weight(mixed, matrix));
        }
    }

    private static float[] weight(LlamaTensors tensors, AdaptedMatrix matrix) {
        return tensors.layers().get(matrix.layer()).matrix(matrix.projection()).toFloats();
    }

    /** W0 + (a/k)·U·diag(σ, s·λ)·Vᵀ in float64. */
    private double[] formula(SvdLoraAdapter adapter, AdaptedMatrix matrix, double[] lambda) {
        Float64Llama values = small.reference().with(adapter);
        String name = "layers." + matrix.layer() + "." + matrix.projection().module();
        double[] merged = values.get("model." + name + ".weight").clone();
        int rank = matrix.directions();
        for (int j = 0; j < rank; j++) {
            double entry = j < matrix.rank() ? values.get(name + ".sigma")[j] : values.get(name + ".s")[0] * lambda[j - matrix.rank()];
            double factor = adapter.plan().alpha() / matrix.rank() * entry;
            for (int i = 0; i < merged.length; i++) {
                merged[i] += factor * values.get(name + ".U")[i / matrix.inputs() * rank + j]
                    * values.get(name + ".V")[i % matrix.inputs() * rank + j];
            }
        }
        return merged;
    }

    @Test
    void mergingKeepsTheTypeOfTheWeightsAndTheMatricesWithoutAnAdapter() {
        SvdLoraAdapter adapter = SmallAdapter.random(small, 36);
        LlamaModel narrow = small.frozenModel(DType.BF16);
        LlamaTensors merged = adapter.merge(small.kernels(), small.scope(), narrow.tensors(), PREFERENCES[2]);
        assertEquals(DType.BF16, merged.layers().getFirst().query().buffer().dtype());
        assertSame(narrow.tensors().layers().getFirst().output(), merged.layers().getFirst().output());
        assertSame(narrow.tensors().embedding(), merged.embedding());
    }

    @Test
    void afterTheFirstBackwardOnlyTheSingularValuesAndScalesHaveAGradient() {
        SvdLoraAdapter adapter = SmallAdapter.initial(small, 37);
        backward(adapter, PREFERENCES[2]);
        adapter.parameters().tensors().forEach((name, tensor) -> {
            boolean trains = name.endsWith(".sigma") || name.endsWith(".s");
            assertEquals(trains, norm(gradient(tensor)) > 0, name);
        });
    }

    @Test
    void aPreferenceOfZeroLeavesItsColumnsWithoutGradient() {
        SvdLoraAdapter adapter = SmallAdapter.random(small, 38);
        backward(adapter, PREFERENCES[1]);
        for (AdaptedMatrix matrix : adapter.plan().matrices()) {
            String name = "layers." + matrix.layer() + "." + matrix.projection().module();
            for (String part : new String[] {".U", ".V"}) {
                float[] gradient = gradient(adapter.parameters().get(name + part));
                for (int j = 0; j < matrix.directions(); j++) {
                    assertEquals(j != matrix.rank() || matrix.preferenceEntries() == 0,
                        norm(column(gradient, matrix.directions(), j)) > 0, name + part + ", column " + j);
                }
            }
        }
    }

    private void backward(SvdLoraAdapter adapter, double[] lambda) {
        try (MemoryScope scope = small.scope().child("step")) {
            Tape tape = Tape.recording(small.kernels(), scope);
            TokenBatch batch = TokenBatch.of(scope, SEQUENCE, ids);
            Tensor logProbs = base.logProbs(tape, batch, batch.ids(),
                at(adapter, lambda, SvdLoraLinear.Path.UNMERGED).forRows(tape, new int[ids.length]), Recomputation.OFF);
            HostBuffer seed = scope.allocateHost("seed", DType.F32, ids.length);
            small.kernels().elementwise().fill(ids.length, 1, seed);
            tape.backward(logProbs, seed);
        }
    }

    private static float[] gradient(Tensor tensor) {
        return HostBuffer.of(tensor.gradient()).toFloats();
    }

    private static float[] column(float[] matrix, int columns, int column) {
        float[] values = new float[matrix.length / columns];
        for (int row = 0; row < values.length; row++) {
            values[row] = matrix[row * columns + column];
        }
        return values;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    @Test
    void theParametersAreThoseOfThePlan() {
        SvdLoraAdapter adapter = SmallAdapter.initial(small, 39);
        assertEquals(adapter.plan().parameterCount(), adapter.parameters().parameterCount());
    }

    @Test
    void aPreferenceOfAnotherLengthIsRefused() {
        SvdLoraAdapter adapter = SmallAdapter.initial(small, 40);
        assertThrows(IllegalArgumentException.class,
            () -> hidden(base, adapter.at(new double[][] {{0.2, 0.3, 0.5}}, SvdLoraLinear.Path.UNMERGED)));
    }
}
