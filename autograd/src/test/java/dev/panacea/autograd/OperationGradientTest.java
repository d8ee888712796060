package dev.panacea.autograd;

import dev.panacea.autograd.operations.Add;
import dev.panacea.autograd.operations.DemonstrationLoss;
import dev.panacea.autograd.operations.GatedActivation;
import dev.panacea.autograd.operations.LinearProjection;
import dev.panacea.autograd.operations.Norm;
import dev.panacea.autograd.operations.PairLoss;
import dev.panacea.autograd.operations.RotaryEmbedding;
import dev.panacea.autograd.operations.SelfAttention;
import dev.panacea.autograd.operations.SequenceSum;
import dev.panacea.autograd.operations.SvdLoraProjection;
import dev.panacea.autograd.operations.TokenEmbedding;
import dev.panacea.autograd.operations.TokenLogProb;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.kernels.preference.PreferenceLoss;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.kernels.rotary.RotaryTable;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperationGradientTest {
    private static final PackedSequences SEQUENCES = PackedSequences.ofLengths(5, 1, 7);
    private static final int TOKENS = SEQUENCES.tokens();
    private static final float EPSILON = 1e-5f;

    @Test
    void add() {
        new GradientCheck(1).input("a", 3, 17).input("b", 3, 17)
            .check((tape, in) -> Add.apply(tape, in.get(0), in.get(1)), in -> Reference.add(in[0], in[1]));
    }

    @Test
    void aTensorAddedToItselfCountsTwice() {
        new GradientCheck(2).input("a", 3, 17)
            .check((tape, in) -> Add.apply(tape, in.get(0), in.get(0)), in -> Reference.add(in[0], in[0]));
    }

    @Test
    void gatedActivation() {
        new GradientCheck(3).input("gate", 3, 19).input("up", 3, 19)
            .check((tape, in) -> GatedActivation.apply(tape, in.get(0), in.get(1)), in -> Reference.gated(in[0], in[1]));
    }

    @Test
    void gatedByItself() {
        new GradientCheck(4).input("gate and up", 3, 19)
            .check((tape, in) -> GatedActivation.apply(tape, in.get(0), in.get(0)), in -> Reference.gated(in[0], in[0]));
    }

    @Test
    void linearProjection() {
        new GradientCheck(5).input("x", 9, 21).weight("W", 13, 21)
            .check((tape, in) -> LinearProjection.apply(tape, in.get(0), in.get(1)), in -> Reference.linear(21, in[0], in[1]));
    }

    @Test
    void normAlone() {
        new GradientCheck(6).input("x", 5, 33).weight("w", 33)
            .check((tape, in) -> Norm.apply(tape, EPSILON, in.get(0), in.get(1)), in -> Reference.norm(EPSILON, in[0], in[1]));
    }

    @Test
    void normBehindAResidual() {
        new GradientCheck(7).input("x", 5, 33).input("residual", 5, 33).weight("w", 33).check((tape, in) -> {
            Norm.Residual both = Norm.apply(tape, EPSILON, in.get(0), in.get(1), in.get(2));
            return Add.apply(tape, both.normed(), both.sum());
        }, in -> {
            double[] sum = Reference.add(in[0], in[1]);
            return Reference.add(Reference.norm(EPSILON, sum, in[2]), sum);
        });
    }

    @Test
    void normWhoseSumIsNotRead() {
        new GradientCheck(8).input("x", 5, 33).input("residual", 5, 33).weight("w", 33)
            .check((tape, in) -> Norm.apply(tape, EPSILON, in.get(0), in.get(1), in.get(2)).normed(),
                in -> Reference.norm(EPSILON, Reference.add(in[0], in[1]), in[2]));
    }

    @Test
    void sumWhoseNormIsNotRead() {
        new GradientCheck(9).input("x", 5, 33).input("residual", 5, 33)
            .check((tape, in) -> Norm.apply(tape, EPSILON, in.get(0), in.get(1), ones(tape, 33)).sum(),
                in -> Reference.add(in[0], in[1]));
    }

    @Test
    void rotaryEmbedding() {
        RotaryTable table = RotaryTable.of(16, 6, 100, new RotaryScaling.None());
        int[] positions = SEQUENCES.positions();
        new GradientCheck(10).input("x", TOKENS, 3 * 6).check((tape, in) -> RotaryEmbedding.apply(tape, in.get(0), 3,
                ints(tape.scope(), positions), GradientCheck.buffer(tape.scope(), table.cosine()),
                GradientCheck.buffer(tape.scope(), table.sine())),
            in -> Reference.rotary(3, in[0], positions, 100));
    }

    @Test
    void groupedCausalAttention() {
        Attention.Shape shape = new Attention.Shape(4, 2, 6, (float) (1 / Math.sqrt(6)), true);
        new GradientCheck(11).input("query", TOKENS, 4 * 6).input("key", TOKENS, 2 * 6).input("value", TOKENS, 2 * 6)
            .check((tape, in) -> SelfAttention.apply(tape, shape, SEQUENCES, in.get(0), in.get(1), in.get(2)),
                in -> Reference.attention(SEQUENCES, 4, 2, in[0], in[1], in[2]));
    }

    @Test
    void attentionOfOneTensorToItself() {
        Attention.Shape shape = new Attention.Shape(2, 2, 6, (float) (1 / Math.sqrt(6)), true);
        new GradientCheck(12).input("query, key and value", TOKENS, 12)
            .check((tape, in) -> SelfAttention.apply(tape, shape, SEQUENCES, in.get(0), in.get(0), in.get(0)),
                in -> Reference.attention(SEQUENCES, 2, 2, in[0], in[0], in[0]));
    }

    @Test
    void tokenEmbedding() {
        int[] ids = {3, 0, 3, 6, 3};
        new GradientCheck(13).weight("table", 7, 11)
            .check((tape, in) -> TokenEmbedding.apply(tape, ints(tape.scope(), ids), in.get(0)), in -> Reference.embedding(11, in[0], ids));
    }

    @Test
    void tokenLogProb() {
        int[] targets = {4, -1, 0, 28, 4, 4, -1, 9, 1};
        new GradientCheck(14).input("x", 9, 12).weight("head", 29, 12)
            .check((tape, in) -> TokenLogProb.apply(tape, in.get(0), in.get(1), ints(tape.scope(), targets)),
                in -> Reference.logProb(12, in[0], in[1], targets));
    }

    @ParameterizedTest
    @EnumSource(names = {"UNMERGED", "AUGMENTED"})
    void svdLoraProjectionWithAPreferenceForEveryRow(SvdLoraLinear.Path path) {
        double[][] lambda = {{0.25, 0.75}, {1, 0}, {0.5, 0.5}};
        int[] ofRow = {0, 2, 1, 1, 0, 2, 2, 0};
        adapted(15).check((tape, in) -> SvdLoraProjection.apply(tape, path, in.get(0), in.get(1), adapter(in),
                new SvdLoraProjection.Preferences(lambda(tape, lambda), ints(tape.scope(), ofRow))),
            in -> Reference.svdLora(14, in[0], in[1], in[2], in[3], Reference.diagonal(1.5, in[4], in[5][0], lambda), ofRow));
    }

    @ParameterizedTest
    @EnumSource
    void svdLoraProjectionAtOnePreference(SvdLoraLinear.Path path) {
        double[][] lambda = {{0.25, 0.75}};
        adapted(16).check((tape, in) -> SvdLoraProjection.apply(tape, path, in.get(0), in.get(1), adapter(in),
                new SvdLoraProjection.Preferences(lambda(tape, lambda), null)),
            in -> Reference.svdLora(14, in[0], in[1], in[2], in[3], Reference.diagonal(1.5, in[4], in[5][0], lambda), new int[8]));
    }

    @ParameterizedTest
    @EnumSource(names = {"UNMERGED", "AUGMENTED"})
    void svdLoraProjectionsThatShareTheirInput(SvdLoraLinear.Path path) {
        double[][] lambda = {{0.25, 0.75}, {1, 0}, {0.5, 0.5}};
        int[] ofRow = {0, 2, 1, 1, 0, 2, 2, 0};
        GradientCheck check = adapted(18).frozen("other W0", 10, 14).trained("other U", 10, 3).trained("other V", 14, 3)
            .trained("other sigma", 3);
        // the third has an adapter of the first's parts, whose gradients so are sums of two
        check.check((tape, in) -> {
            var layers = List.of(new SvdLoraProjection.Layer(in.get(1), adapter(in)),
                new SvdLoraProjection.Layer(in.get(6), new SvdLoraProjection.Adapter(in.get(7), in.get(8), in.get(9), null, 2)),
                new SvdLoraProjection.Layer(in.get(6), adapter(in)));
            List<Tensor> y = SvdLoraProjection.apply(tape, path, in.get(0), layers,
                new SvdLoraProjection.Preferences(lambda(tape, lambda), ints(tape.scope(), ofRow)));
            return Add.apply(tape, GatedActivation.apply(tape, y.get(0), y.get(1)), y.get(2));
        }, in -> {
            double[] diagonal = Reference.diagonal(1.5, in[4], in[5][0], lambda);
            double[] first = Reference.svdLora(14, in[0], in[1], in[2], in[3], diagonal, ofRow);
            double[] second = Reference.svdLora(14, in[0], in[6], in[7], in[8], Reference.diagonal(2, in[9], 0, new double[3][0]), ofRow);
            return Reference.add(Reference.gated(first, second), Reference.svdLora(14, in[0], in[6], in[2], in[3], diagonal, ofRow));
        });
    }

    @Test
    void aLayerThatNoGradientReachesGetsNone() {
        int[] ofRow = new int[8];
        double[][] lambda = {{0.25, 0.75}};
        adapted(19).frozen("other W0", 10, 14).check((tape, in) -> SvdLoraProjection.apply(tape, SvdLoraLinear.Path.UNMERGED, in.get(0),
                List.of(new SvdLoraProjection.Layer(in.get(6), adapter(in)), new SvdLoraProjection.Layer(in.get(1), adapter(in))),
                new SvdLoraProjection.Preferences(lambda(tape, lambda), null)).getLast(),
            in -> Reference.svdLora(14, in[0], in[1], in[2], in[3], Reference.diagonal(1.5, in[4], in[5][0], lambda), ofRow));
    }

    private static GradientCheck adapted(long seed) {
        return new GradientCheck(seed).input("x", 8, 14).frozen("W0", 10, 14).trained("U", 10, 5).trained("V", 14, 5)
            .trained("sigma", 3).trained("s", 1);
    }

    private static SvdLoraProjection.Adapter adapter(List<Tensor> in) {
        return new SvdLoraProjection.Adapter(in.get(2), in.get(3), in.get(4), in.get(5), 1.5f);
    }

    @Test
    void sequenceSum() {
        GradientCheck check = new GradientCheck(17).input("x", TOKENS);
        float[] minus = check.normal(TOKENS);
        check.check((tape, in) -> SequenceSum.apply(tape, SEQUENCES, in.get(0), GradientCheck.buffer(tape.scope(), minus)),
            in -> Reference.sequenceSum(SEQUENCES, in[0], minus));
        check.check((tape, in) -> SequenceSum.apply(tape, SEQUENCES, in.get(0)),
            in -> Reference.sequenceSum(SEQUENCES, in[0], new float[TOKENS]));
    }

    @Test
    void pairLoss() {
        float[] label = {1, -1, 0, 0, 1, 1, -1, -1, 1};
        new GradientCheck(18).input("log-ratio", 6).check((tape, in) -> PairLoss.apply(tape, new PreferenceLoss.Shape(3, 3, 0.5f),
            in.get(0), GradientCheck.buffer(tape.scope(), label)), in -> Reference.pairLoss(0.5, in[0], label));
    }

    @Test
    void demonstrationLoss() {
        int[] own = {2, 0, 0, 1};
        new GradientCheck(19).input("log-probability", 4)
            .check((tape, in) -> DemonstrationLoss.apply(tape, in.get(0), 3, ints(tape.scope(), own)),
                in -> Reference.demonstrationLoss(3, in[0], own));
    }

    private static Tensor ones(Tape tape, int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return Tensor.constant(GradientCheck.buffer(tape.scope(), ones), count);
    }

    private static Tensor lambda(Tape tape, double[][] lambda) {
        float[] flat = new float[lambda.length * lambda[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) lambda[i / lambda[0].length][i % lambda[0].length];
        }
        return Tensor.constant(GradientCheck.buffer(tape.scope(), flat), lambda.length, lambda[0].length);
    }

    private static HostBuffer ints(MemoryScope scope, int[] values) {
        return scope.allocateHost("ints", DType.I32, values.length).copyFrom(values);
    }
}
