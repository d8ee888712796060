package dev.panacea.kernels.activation;

import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.kernels.host.Operand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;

/** SwiGLU of BF16 on the host: widened, computed by the F32 twin, rounded back. F32 goes straight to that twin. */
final class Bf16HostSwiGlu implements SwiGlu {
    private final HostDevice device;
    private final HostSwiGlu twin;

    Bf16HostSwiGlu(HostDevice device) {
        this.device = device;
        twin = new HostSwiGlu(device);
    }

    @Override
    public void forward(long count, Buffer gate, Buffer up, Buffer y) {
        if (Operand.dtype("gate", gate) != DType.BF16) {
            twin.forward(count, gate, up, y);
            return;
        }
        try (Widened f32 = new Widened(device, "SwiGLU", DType.BF16)) {
            twin.forward(count, f32.input("gate", gate, count), f32.input("up", up, count), f32.output("y", y, count));
            f32.round();
        }
    }

    @Override
    public void backward(long count, Buffer dy, Buffer gate, Buffer up, Buffer dGate, Buffer dUp) {
        if (Operand.dtype("dy", dy) != DType.BF16) {
            twin.backward(count, dy, gate, up, dGate, dUp);
            return;
        }
        try (Widened f32 = new Widened(device, "SwiGLU", DType.BF16)) {
            twin.backward(count, f32.input("dy", dy, count), f32.input("gate", gate, count), f32.input("up", up, count),
                f32.output("dGate", dGate, count), f32.output("dUp", dUp, count));
            f32.round();
        }
    }
}
