package dev.panacea.kernels.norm;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostRmsNorm implements RmsNorm {
    HostRmsNorm(HostDevice device) { }

    @Override
    public void forward(int rows, int columns, float epsilon, Buffer x, Buffer residual, Buffer weight, Buffer sum, Buffer y, Buffer inverseRms) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(int rows, int columns, Buffer dy, Buffer s, Buffer weight, Buffer inverseRms, Buffer dSum, Buffer dx, Buffer dWeight) {
        throw new IllegalStateException("unwritten");
    }
}
