package dev.panacea.kernels.linear;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostLinear implements Linear {
    HostLinear(HostDevice device) { }

    @Override
    public void forward(int rows, int inputs, int outputs, Buffer x, Buffer weight, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(int rows, int inputs, int outputs, Buffer dy, Buffer x, Buffer weight, Buffer dx, boolean accumulate, Buffer dWeight) {
        throw new IllegalStateException("unwritten");
    }
}
