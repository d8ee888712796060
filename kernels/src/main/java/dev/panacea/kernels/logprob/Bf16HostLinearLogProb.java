package dev.panacea.kernels.logprob;

import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;

/**
 * Log-probabilities of BF16 rows on the host: widened, computed by the F32 twin, gradients of x rounded once. F32 goes straight to that
 * twin.
 */
final class Bf16HostLinearLogProb implements LinearLogProb {
    private final HostDevice device;
    private final HostLinearLogProb twin;

    Bf16HostLinearLogProb(HostDevice device) {
        this.device = device;
        twin = new HostLinearLogProb(device);
    }

    @Override
    public void forward(Shape shape, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer derivative) {
        try (Widened f32 = new Widened(device, "linear log-probability", DType.BF16)) {
            twin.forward(shape, input(f32, "x", x), head, targets, logProb, output(f32, "derivative", derivative));
            f32.round();
        }
    }

    @Override
    public void backwardFrozen(Shape shape, Buffer dLogProb, Buffer derivative, Buffer dx) {
        try (Widened f32 = new Widened(device, "linear log-probability", DType.BF16)) {
            twin.backwardFrozen(shape, dLogProb, input(f32, "derivative", derivative), output(f32, "dx", dx));
            f32.round();
        }
    }

    @Override
    public void backward(Shape shape, Buffer dLogProb, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer dx, Buffer dHead) {
        try (Widened f32 = new Widened(device, "linear log-probability", DType.BF16)) {
            twin.backward(shape, dLogProb, input(f32, "x", x), head, targets, logProb, output(f32, "dx", dx), dHead);
            f32.round();
        }
    }

    @Override
    public void logits(Shape shape, Buffer x, Buffer head, Buffer logits) {
        try (Widened f32 = new Widened(device, "logits", DType.BF16)) {
            twin.logits(shape, input(f32, "x", x), head, logits);
        }
    }

    private static Buffer input(Widened f32, String name, Buffer buffer) {
        return isNarrow(buffer) ? f32.input(name, buffer, buffer.count()) : buffer;
    }

    private static Buffer output(Widened f32, String name, Buffer buffer) {
        return isNarrow(buffer) ? f32.output(name, buffer, buffer.count()) : buffer;
    }

    // any other argument goes to the twin as it is, which refuses what it cannot use
    private static boolean isNarrow(Buffer buffer) {
        return buffer != null && buffer.dtype() == DType.BF16;
    }
}
