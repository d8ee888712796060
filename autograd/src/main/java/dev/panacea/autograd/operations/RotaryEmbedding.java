package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.runtime.Buffer;

/** Rotary position embedding of (rows, heads · headDimension). */
public final class RotaryEmbedding {
    private RotaryEmbedding() { }

    /**
     * @param positions I32 [rows]
     * @param cosine (table positions, headDimension / 2), sine likewise
     */
    public static Tensor apply(Tape tape, Tensor x, int heads, Buffer positions, Buffer cosine, Buffer sine) {
        var kernel = tape.kernels().rotary();
        int rows = x.extent(0);
        int dimension = x.extent(1) / heads;
        boolean differentiates = tape.differentiates(x);
        Tensor y = tape.allocate("rotated", differentiates, x.shape());
        kernel.forward(rows, heads, dimension, x.buffer(), positions, cosine, sine, y.buffer());
        if (differentiates) {
            tape.record(() -> tape.add(x, dx ->
                kernel.backward(rows, heads, dimension, y.gradient(), positions, cosine, sine, dx)), y);
        }
        return y;
    }
}
