package dev.panacea.kernels.linear;

import dev.panacea.kernels.autotune.Autotune;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import java.nio.file.Path;

/**
 * {@code y = x·Wᵀ}, row-major. W is F32 or BF16; in BF16 the operands of every product are rounded to bfloat16. x and dy are F32 or BF16,
 * y and dx either, rounded once, dWeight is F32. Sums are float32. A CUDA device takes x, W and dy in BF16 only.
 */
public interface Linear {

    /** This family on {@code device}, by this project's own products. */
    static Linear on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostLinear(host);
            case CudaDevice cuda -> new CudaLinear(cuda);
        };
    }

    /**
     * This family by cuBLAS.
     *
     * @throws dev.panacea.runtime.BadInputException where there is none
     */
    static Linear onCublas(CudaDevice device) {
        return new CublasLinear(device);
    }

    /** This family by own products or cuBLAS, whichever {@code autotune} finds quicker for a shape. */
    static Linear measured(CudaDevice device, Autotune autotune) {
        return new MeasuredLinear(device, autotune);
    }

    /** Lets ways that are chosen by measuring be taken from {@code file} first and be kept there. */
    default void keepWays(Path file) { }

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
