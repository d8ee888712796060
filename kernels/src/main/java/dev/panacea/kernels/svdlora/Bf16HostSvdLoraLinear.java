package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;

/**
 * {@link SvdLoraLinear} with BF16 activations on the host. Products take BF16 operands as they are and sum in F32, so the twin for F32
 * activations computes it all, and only y and dx are rounded. F32 activations go straight to that twin.
 */
final class Bf16HostSvdLoraLinear implements SvdLoraLinear {
    private final HostDevice device;
    private final HostSvdLoraLinear twin;
    private final Elementwise elementwise;

    Bf16HostSvdLoraLinear(HostDevice device) {
        this.device = device;
        twin = new HostSvdLoraLinear(device);
        elementwise = Elementwise.on(device);
    }

    @Override
    public Path usualPath() {
        return twin.usualPath();
    }

    @Override
    public void forward(Shape shape, Path path, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                        Buffer preferenceOfRow, Buffer projected, Buffer y) {
        if (x.dtype() == DType.F32) {
            twin.forward(shape, path, x, weight, left, right, diagonal, preferenceOfRow, projected, y);
            return;
        }
        requireBf16(x, weight, left, right);
        try (Widened f32 = new Widened(device, "SVD-LoRA", DType.BF16)) {
            twin.forward(shape, path, x, weight, left, right, diagonal, preferenceOfRow, projected,
                f32.output("y", y, (long) shape.rows() * shape.outputs()));
            f32.round();
        }
    }

    @Override
    public void backward(Shape shape, Buffer dy, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                         Buffer preferenceOfRow, Buffer projected, Buffer dx, boolean accumulate, Buffer dLeft, Buffer dRight,
                         Buffer dDiagonal) {
        if (x.dtype() == DType.F32) {
            twin.backward(shape, dy, x, weight, left, right, diagonal, preferenceOfRow, projected, dx, accumulate, dLeft, dRight,
                dDiagonal);
            return;
        }
        requireBf16(dy, x, weight, left, right);
        long count = (long) shape.rows() * shape.inputs();
        try (Widened f32 = new Widened(device, "SVD-LoRA", DType.BF16)) {
            Buffer wide = f32.output("dx", dx, count);
            if (dx != null && accumulate) {
                elementwise.cast(count, dx, wide);
            }
            twin.backward(shape, dy, x, weight, left, right, diagonal, preferenceOfRow, projected, wide, accumulate, dLeft, dRight,
                dDiagonal);
            f32.round();
        }
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
        twin.merge(inputs, outputs, rank, weight, left, right, diagonal, merged);
    }

    private static void requireBf16(Buffer... buffers) {
        for (Buffer buffer : buffers) {
            if (buffer.dtype() != DType.BF16) {
                throw new IllegalArgumentException("x, dy, W0, U and V must be BF16 together, but one is " + buffer);
            }
        }
    }

    @Override
    public void diagonal(int k, int m, int preferences, float multiplier, Buffer singular, Buffer scale, Buffer lambda, Buffer diagonal) {
        twin.diagonal(k, m, preferences, multiplier, singular, scale, lambda, diagonal);
    }

    @Override
    public void diagonalBackward(int k, int m, int preferences, float multiplier, Buffer lambda, Buffer dDiagonal, Buffer dSingular,
                                 Buffer dScale) {
        twin.diagonalBackward(k, m, preferences, multiplier, lambda, dDiagonal, dSingular, dScale);
    }
}
