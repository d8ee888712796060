package dev.panacea.kernels.norm;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * Residual addition and RMSNorm (Zhang and Sennrich 2019) in one pass: {@code s = x + residual},
 * {@code y = s / sqrt(mean(s²) + ε) ⊙ w}. Row-major; the matrices and w are all F32 or all BF16, statistics and the gradient of w
 * are F32. In BF16 the norm is taken of s as it is stored, and y and dx are rounded once.
 */
public interface RmsNorm {

    /** This family on {@code device}. */
    static RmsNorm on(Device device) {
        return switch (device) {
            case HostDevice host -> new Bf16HostRmsNorm(host);
            case CudaDevice cuda -> new CudaRmsNorm(cuda);
        };
    }

    /**
     * @param x (rows, columns)
     * @param residual (rows, columns), or null for a plain norm of x
     * @param weight w [columns]
     * @param sum s (rows, columns), overwritten; null exactly when {@code residual} is, s then being x itself
     * @param y (rows, columns), overwritten
     * @param inverseRms 1 / sqrt(mean(s²) + ε) [rows], overwritten; the backward needs it
     */
    void forward(int rows, int columns, float epsilon, Buffer x, Buffer residual, Buffer weight, Buffer sum, Buffer y, Buffer inverseRms);

    /**
     * Gradient with respect to s (which is that of x and of the residual alike).
     *
     * @param dy (rows, columns)
     * @param s (rows, columns) as the forward left it
     * @param dSum gradient that reaches s past the norm, (rows, columns); null when there is none
     * @param dx (rows, columns), overwritten with the norm's part plus {@code dSum}; may be the same buffer as {@code dSum}
     * @param dWeight [columns], added to in a fixed order; null when w is frozen
     */
    void backward(int rows, int columns, Buffer dy, Buffer s, Buffer weight, Buffer inverseRms, Buffer dSum, Buffer dx, Buffer dWeight);
}
