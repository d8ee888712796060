package dev.panacea.kernels.rotary;

import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.kernels.host.Operand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;

/** Rotary embedding of BF16 on the host: widened, turned by the F32 twin, rounded back. F32 goes straight to that twin. */
final class Bf16HostRotary implements Rotary {
    private final HostDevice device;
    private final HostRotary twin;

    Bf16HostRotary(HostDevice device) {
        this.device = device;
        twin = new HostRotary(device);
    }

    @Override
    public void forward(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, Buffer y) {
        if (Operand.dtype("x", x) != DType.BF16) {
            twin.forward(rows, heads, headDimension, x, positions, cosine, sine, y);
            return;
        }
        long count = (long) rows * heads * headDimension;
        try (Widened f32 = new Widened(device, "rotary embedding", DType.BF16)) {
            twin.forward(rows, heads, headDimension, f32.input("x", x, count), positions, cosine, sine, f32.output("y", y, count));
            f32.round();
        }
    }

    @Override
    public void backward(int rows, int heads, int headDimension, Buffer dy, Buffer positions, Buffer cosine, Buffer sine, Buffer dx) {
        if (Operand.dtype("dy", dy) != DType.BF16) {
            twin.backward(rows, heads, headDimension, dy, positions, cosine, sine, dx);
            return;
        }
        long count = (long) rows * heads * headDimension;
        try (Widened f32 = new Widened(device, "rotary embedding", DType.BF16)) {
            twin.backward(rows, heads, headDimension, f32.input("dy", dy, count), positions, cosine, sine, f32.output("dx", dx, count));
            f32.round();
        }
    }
}
