package dev.panacea.kernels.rotary;

import dev.panacea.runtime.Buffer;

/** Rotary embedding by one operation that turns either way. */
abstract class Turning implements Rotary {

    /** @param direction 1 to turn by the angle, -1 to turn back */
    abstract void turn(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, float direction,
                       Buffer y);

    @Override
    public final void forward(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, Buffer y) {
        turn(rows, heads, headDimension, x, positions, cosine, sine, 1, y);
    }

    @Override
    public final void backward(int rows, int heads, int headDimension, Buffer dy, Buffer positions, Buffer cosine, Buffer sine, Buffer dx) {
        turn(rows, heads, headDimension, dy, positions, cosine, sine, -1, dx);
    }
}
