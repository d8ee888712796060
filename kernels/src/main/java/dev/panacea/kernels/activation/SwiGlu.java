package dev.panacea.kernels.activation;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * {@code y = silu(gate) ⊙ up} with {@code silu(z) = z / (1 + e^-z)} (Shazeer 2020), elementwise over {@code count} values. All buffers are
 * F32 or all BF16; in BF16 every result is rounded once.
 */
public interface SwiGlu {

    /** This family on {@code device}. */
    static SwiGlu on(Device device) {
        return switch (device) {
            case HostDevice host -> new Bf16HostSwiGlu(host);
            case CudaDevice cuda -> new CudaSwiGlu(cuda);
        };
    }

    void forward(long count, Buffer gate, Buffer up, Buffer y);

    /** Overwrites {@code dGate} and {@code dUp}; they may be the same buffers as {@code gate} and {@code up}. */
    void backward(long count, Buffer dy, Buffer gate, Buffer up, Buffer dGate, Buffer dUp);
}
