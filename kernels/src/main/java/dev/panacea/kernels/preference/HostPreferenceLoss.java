package dev.panacea.kernels.preference;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostPreferenceLoss implements PreferenceLoss {
    HostPreferenceLoss(HostDevice device) { }

    @Override
    public void forward(Shape shape, Buffer logRatio, Buffer label, Buffer loss) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(Shape shape, Buffer logRatio, Buffer label, Buffer dLoss, Buffer dLogRatio) {
        throw new IllegalStateException("unwritten");
    }
}
