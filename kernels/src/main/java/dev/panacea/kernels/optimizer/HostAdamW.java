package dev.panacea.kernels.optimizer;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostAdamW implements AdamW {
    HostAdamW(HostDevice device) { }

    @Override
    public void step(Settings settings, long step, float rate, float gradientScale, long count, Buffer parameters, Buffer gradient, Buffer firstMoment, Buffer secondMoment) {
        throw new IllegalStateException("unwritten");
    }
}
