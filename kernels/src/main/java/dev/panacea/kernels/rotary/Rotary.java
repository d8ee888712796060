package dev.panacea.kernels.rotary;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * Rotary position embedding (Su et al. 2021), the rotate-half form of Hugging Face's Llama weights: elements i and i + D/2 of a
 * head turn together by angle position · frequency_i. The turned matrices are both F32 or both BF16, which is rounded once; the table is
 * F32. A position outside the table throws on the host; on a CUDA device, which alone sees it, its row becomes NaN.
 */
public interface Rotary {

    /** This family on {@code device}. */
    static Rotary on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostRotary(host);
            case CudaDevice cuda -> new CudaRotary(cuda);
        };
    }

    /**
     * The elements of a head that turn with one of as many others.
     *
     * @throws IllegalArgumentException unless {@code headDimension} is even and positive
     */
    static int half(int headDimension) {
        if (headDimension < 2 || headDimension % 2 != 0) {
            throw new IllegalArgumentException("rotary embedding needs an even head dimension, not " + headDimension);
        }
        return headDimension / 2;
    }

    /**
     * @param x (rows, heads, headDimension); headDimension even
     * @param positions I32 [rows], each in [0, table positions)
     * @param cosine (table positions, headDimension / 2), sine likewise: see {@link RotaryTable}
     * @param y like x, overwritten; may be the same buffer as x
     */
    void forward(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, Buffer y);

    /** The transposed rotation; {@code dx} is overwritten and may be the same buffer as {@code dy}. */
    void backward(int rows, int heads, int headDimension, Buffer dy, Buffer positions, Buffer cosine, Buffer sine, Buffer dx);
}
