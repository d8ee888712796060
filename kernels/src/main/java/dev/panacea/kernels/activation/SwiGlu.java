package dev.panacea.kernels.activation;

import dev.panacea.kernels.cuda.MissingFamily;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** {@code y = silu(gate) ⊙ up} with {@code silu(z) = z / (1 + e^-z)} (Shazeer 2020), elementwise over {@code count} F32 values. */
public interface SwiGlu {

    /** This family on {@code device}. */
    static SwiGlu on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostSwiGlu(host);
            case CudaDevice cuda -> MissingFamily.of(SwiGlu.class, cuda);
        };
    }

    void forward(long count, Buffer gate, Buffer up, Buffer y);

    /** Overwrites {@code dGate} and {@code dUp}; they may be the same buffers as {@code gate} and {@code up}. */
    void backward(long count, Buffer dy, Buffer gate, Buffer up, Buffer dGate, Buffer dUp);
}
