package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import java.util.ArrayList;
import java.util.List;

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
    public void forward(Path path, SvdLoraGroup group, List<Buffer> y) {
        if (group.x().dtype() == DType.F32) {
            twin.forward(path, group, y);
            return;
        }
        requireBf16(group);
        group.checkOneEach("y", y);
        try (Widened f32 = new Widened(device, "SVD-LoRA", DType.BF16)) {
            List<Buffer> wide = new ArrayList<>();
            for (int i = 0; i < y.size(); i++) {
                wide.add(f32.output("y", y.get(i), (long) group.rows() * group.members().get(i).outputs()));
            }
            twin.forward(path, group, wide);
            f32.round();
        }
    }

    @Override
    public void backward(SvdLoraGroup group, List<SvdLoraGroup.Gradients> gradients, Buffer dx, boolean accumulate) {
        if (group.x().dtype() == DType.F32) {
            twin.backward(group, gradients, dx, accumulate);
            return;
        }
        requireBf16(group);
        gradients.forEach(one -> requireBf16(one.dy()));
        long count = (long) group.rows() * group.inputs();
        try (Widened f32 = new Widened(device, "SVD-LoRA", DType.BF16)) {
            Buffer wide = f32.output("dx", dx, count);
            if (dx != null && accumulate) {
                elementwise.cast(count, dx, wide);
            }
            twin.backward(group, gradients, wide, accumulate);
            f32.round();
        }
    }

    private static void requireBf16(SvdLoraGroup group) {
        requireBf16(group.x());
        group.members().forEach(member -> requireBf16(member.weight(), member.left(), member.right()));
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
