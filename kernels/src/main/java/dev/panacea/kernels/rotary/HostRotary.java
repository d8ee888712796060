package dev.panacea.kernels.rotary;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostRotary implements Rotary {
    HostRotary(HostDevice device) { }

    @Override
    public void forward(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(int rows, int heads, int headDimension, Buffer dy, Buffer positions, Buffer cosine, Buffer sine, Buffer dx) {
        throw new IllegalStateException("unwritten");
    }
}
