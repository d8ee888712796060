package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;

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

    private SvdLoraProjection() { }

    /** x (rows, inputs) to (rows, outputs). */
    public static Tensor apply(Tape tape, SvdLoraLinear.Path path, Tensor x, Tensor weight, Adapter adapter, Preferences preferences) {
        SvdLoraLinear kernel = tape.kernels().svdLoraLinear();
        Tensor diagonal = diagonal(tape, adapter, preferences);
        var shape = new SvdLoraLinear.Shape(x.extent(0), weight.extent(1), weight.extent(0), adapter.rank(), diagonal.extent(0));
        boolean differentiates = tape.differentiates(x, adapter.left, diagonal);
        Buffer projected = tape.allocate("adapter projection", DType.F32, (long) shape.rows() * shape.rank());
        Tensor y = tape.allocate("adapted projection", differentiates, shape.rows(), shape.outputs());
        kernel.forward(shape, path, x.buffer(), weight.buffer(), adapter.left.buffer(), adapter.right.buffer(), diagonal.buffer(),
            preferences.ofRow, projected, y.buffer());
        if (differentiates) {
            tape.keep(x, diagonal);
            tape.record(() -> tape.accumulate(diagonal, (dDiagonal, hasSome) -> {
                if (!hasSome) {
                    tape.kernels().elementwise().fill(dDiagonal.count(), 0, dDiagonal);
                }
                backward(tape, shape, x, weight, adapter, diagonal, preferences.ofRow, projected, y, dDiagonal);
            }), y);
        }
        return y;
    }

    private static void backward(Tape tape, SvdLoraLinear.Shape shape, Tensor x, Tensor weight, Adapter adapter, Tensor diagonal,
                                 Buffer ofRow, Buffer projected, Tensor y, Buffer dDiagonal) {
        Tape.GradientKernel kernel = (dx, accumulate) -> tape.kernels().svdLoraLinear().backward(shape, y.gradient(), x.buffer(),
            weight.buffer(), adapter.left.buffer(), adapter.right.buffer(), diagonal.buffer(), ofRow, projected, dx, accumulate,
            adapter.left.gradient(), adapter.right.gradient(), dDiagonal);
        if (x.differentiable()) {
            tape.accumulate(x, kernel);
        } else {
            kernel.run(null, false);
        }
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
