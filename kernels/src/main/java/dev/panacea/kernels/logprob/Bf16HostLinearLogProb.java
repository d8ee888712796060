package dev.panacea.kernels.logprob;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;

/**
 * Log-probabilities of BF16 rows on the host: widened, computed by the F32 twin, gradients of x rounded once. F32 goes straight to that
 * twin.
 */
final class Bf16HostLinearLogProb implements LinearLogProb {
    private final HostDevice device;
    private final HostLinearLogProb twin;
    private final Elementwise elementwise;

    Bf16HostLinearLogProb(HostDevice device) {
        this.device = device;
        twin = new HostLinearLogProb(device);
        elementwise = Elementwise.on(device);
    }

    @Override
    public void forward(Shape shape, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer derivative) {
        try (MemoryScope scope = device.openScope("linear log-probability in BF16")) {
            Buffer wide = room(scope, "derivative", derivative);
            twin.forward(shape, widened(scope, "x", x), head, targets, logProb, wide);
            round(wide, derivative);
        }
    }

    @Override
    public void backwardFrozen(Shape shape, Buffer dLogProb, Buffer derivative, Buffer dx) {
        try (MemoryScope scope = device.openScope("linear log-probability in BF16")) {
            Buffer wide = room(scope, "dx", dx);
            twin.backwardFrozen(shape, dLogProb, widened(scope, "derivative", derivative), wide);
            round(wide, dx);
        }
    }

    @Override
    public void backward(Shape shape, Buffer dLogProb, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer dx, Buffer dHead) {
        try (MemoryScope scope = device.openScope("linear log-probability in BF16")) {
            Buffer wide = room(scope, "dx", dx);
            twin.backward(shape, dLogProb, widened(scope, "x", x), head, targets, logProb, wide, dHead);
            round(wide, dx);
        }
    }

    @Override
    public void logits(Shape shape, Buffer x, Buffer head, Buffer logits) {
        try (MemoryScope scope = device.openScope("logits in BF16")) {
            twin.logits(shape, widened(scope, "x", x), head, logits);
        }
    }

    private Buffer widened(MemoryScope scope, String name, Buffer buffer) {
        if (buffer == null || buffer.dtype() != DType.BF16) {
            return buffer;
        }
        Buffer wide = scope.allocate(name, DType.F32, buffer.count());
        elementwise.cast(buffer.count(), buffer, wide);
        return wide;
    }

    private static Buffer room(MemoryScope scope, String name, Buffer buffer) {
        return buffer != null && buffer.dtype() == DType.BF16 ? scope.allocate(name, DType.F32, buffer.count()) : buffer;
    }

    private void round(Buffer wide, Buffer buffer) {
        if (wide != buffer) {
            elementwise.cast(buffer.count(), wide, buffer);
        }
    }
}
