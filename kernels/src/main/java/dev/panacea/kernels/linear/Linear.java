package dev.panacea.kernels.linear;

import dev.panacea.kernels.cuda.MissingFamily;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** {@code y = x·Wᵀ}. W is F32 or BF16 (then the operands of every product are rounded to bfloat16); the rest is F32, row-major. */
public interface Linear {

    /** This family on {@code device}. */
    static Linear on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostLinear(host);
            case CudaDevice cuda -> MissingFamily.of(Linear.class, cuda);
        };
    }

    /**
     * @param x (rows, inputs)
     * @param weight (outputs, inputs)
     * @param y (rows, outputs), overwritten
     */
    void forward(int rows, int inputs, int outputs, Buffer x, Buffer weight, Buffer y);

    /**
     * @param dx (rows, inputs), overwritten, or added to when {@code accumulate}; null when x needs no gradient
     * @param dWeight (outputs, inputs) F32, added to; null when W is frozen
     */
    void backward(int rows, int inputs, int outputs, Buffer dy, Buffer x, Buffer weight, Buffer dx, boolean accumulate, Buffer dWeight);
}
