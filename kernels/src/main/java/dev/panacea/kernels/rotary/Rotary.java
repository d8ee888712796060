package dev.panacea.kernels.rotary;

import dev.panacea.kernels.cuda.MissingFamily;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * Rotary position embedding (Su et al. 2021), the rotate-half form of Hugging Face's Llama weights: elements i and i + D/2 of a
 * head turn together by angle position · frequency_i. All F32 but the positions.
 */
public interface Rotary {

    /** This family on {@code device}. */
    static Rotary on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostRotary(host);
            case CudaDevice cuda -> MissingFamily.of(Rotary.class, cuda);
        };
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
