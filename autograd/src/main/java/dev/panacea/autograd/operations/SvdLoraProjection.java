package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.svdlora.SvdLoraGroup;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import java.util.ArrayList;
import java.util.List;

/** {@code y = x·W0ᵀ + ((x·V) ⊙ d)·Uᵀ}: a frozen projection with a Panacea adapter. */
public final class SvdLoraProjection {

    /**
     * The trained parts of one adapted matrix.
     *
     * @param left U (outputs, k + m)
     * @param right V (inputs, k + m)
     * @param singular σ [k]
     * @param scale s [1]; null when the matrix has no preference entries (m = 0)
     * @param multiplier a/k
     */
    public record Adapter(Tensor left, Tensor right, Tensor singular, Tensor scale, float multiplier) {

        /** @throws IllegalArgumentException when a part is constant: the backward writes the gradients of all of them */
        public Adapter {
            if (!(left.differentiable() && right.differentiable() && singular.differentiable()
                && (scale == null || scale.differentiable()))) {
                throw new IllegalArgumentException("all parts of an adapter must be trained");
            }
        }

        public int rank() {
            return left.extent(1);
        }
    }

    /**
     * The preferences of a batch.
     *
     * @param lambda (preferences, m)
     * @param ofRow I32 [rows]: which preference each token has; null when there is one
     */
    public record Preferences(Tensor lambda, Buffer ofRow) { }

    /** A frozen W0 (outputs, inputs) with its adapter. */
    public record Layer(Tensor weight, Adapter adapter) { }

    private SvdLoraProjection() { }

    /** x (rows, inputs) to (rows, outputs). */
    public static Tensor apply(Tape tape, SvdLoraLinear.Path path, Tensor x, Tensor weight, Adapter adapter, Preferences preferences) {
        return apply(tape, path, x, List.of(new Layer(weight, adapter)), preferences).getFirst();
    }

    /** x (rows, inputs) to (rows, outputs) of every layer; up to {@link SvdLoraGroup#MOST_MEMBERS} share each read of x. */
    public static List<Tensor> apply(Tape tape, SvdLoraLinear.Path path, Tensor x, List<Layer> layers, Preferences preferences) {
        List<Tensor> diagonals = layers.stream().map(layer -> diagonal(tape, layer.adapter, preferences)).toList();
        boolean differentiates = tape.differentiates(x, layers.getFirst().adapter.left);
        int rows = x.extent(0);
        List<SvdLoraGroup.Member> members = new ArrayList<>();
        List<Tensor> results = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Adapter adapter = layers.get(i).adapter;
            Tensor weight = layers.get(i).weight;
            Buffer projected = tape.allocate("adapter projection", DType.F32, (long) rows * adapter.rank());
            members.add(new SvdLoraGroup.Member(weight.extent(0), adapter.rank(), weight.buffer(), adapter.left.buffer(),
                adapter.right.buffer(), diagonals.get(i).buffer(), projected));
            results.add(tape.allocate("adapted projection", differentiates, rows, weight.extent(0)));
        }
        var group = new SvdLoraGroup(rows, x.extent(1), preferences.lambda.extent(0), x.buffer(), preferences.ofRow, members);
        tape.kernels().svdLoraLinear().forward(path, group, results.stream().map(Tensor::buffer).toList());
        if (differentiates) {
            tape.keep(x);
            diagonals.forEach(tape::keep);
            tape.record(() -> backward(tape, group, x, layers, diagonals, results), results.toArray(Tensor[]::new));
        }
        return results;
    }

    // of the layers that a gradient has reached
    private static void backward(Tape tape, SvdLoraGroup group, Tensor x, List<Layer> layers, List<Tensor> diagonals,
                                 List<Tensor> results) {
        List<SvdLoraGroup.Member> members = new ArrayList<>();
        List<SvdLoraGroup.Gradients> gradients = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            if (results.get(i).gradient() != null) {
                clear(tape, diagonals.get(i));
                members.add(group.members().get(i));
                Adapter adapter = layers.get(i).adapter;
                gradients.add(new SvdLoraGroup.Gradients(results.get(i).gradient(), adapter.left.gradient(), adapter.right.gradient(),
                    diagonals.get(i).gradient()));
            }
        }
        SvdLoraGroup reached = group.of(x.buffer(), members);
        Tape.GradientKernel kernel = (dx, accumulate) ->
            tape.kernels().svdLoraLinear().backward(reached, gradients, dx, accumulate);
        if (x.differentiable()) {
            tape.accumulate(x, kernel);
        } else {
            kernel.run(null, false);
        }
    }

    // a gradient that the kernel adds to
    private static void clear(Tape tape, Tensor diagonal) {
        tape.accumulate(diagonal, (gradient, hasSome) -> {
            if (!hasSome) {
                tape.kernels().elementwise().fill(gradient.count(), 0, gradient);
            }
        });
    }

    /** {@code d[p] = (a/k)·[σ, s·λ_p]}: (preferences, k + m). */
    public static Tensor diagonal(Tape tape, Adapter adapter, Preferences preferences) {
        SvdLoraLinear kernel = tape.kernels().svdLoraLinear();
        Tensor lambda = preferences.lambda;
        int k = adapter.singular.extent(0);
        int m = adapter.rank() - k;
        int count = lambda.extent(0);
        boolean differentiates = tape.differentiates(adapter.singular);
        Tensor diagonal = tape.allocateFloats("adapter diagonal", differentiates, count, k + m);
        Buffer scale = adapter.scale == null ? null : adapter.scale.buffer();
        kernel.diagonal(k, m, count, adapter.multiplier, adapter.singular.buffer(), scale, lambda.buffer(), diagonal.buffer());
        if (differentiates) {
            tape.record(() -> kernel.diagonalBackward(k, m, count, adapter.multiplier, lambda.buffer(), diagonal.gradient(),
                adapter.singular.gradient(), adapter.scale == null ? null : adapter.scale.gradient()), diagonal);
        }
        return diagonal;
    }
}
