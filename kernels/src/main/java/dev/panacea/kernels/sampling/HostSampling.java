package dev.panacea.kernels.sampling;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostSampling implements Sampling {
    HostSampling(HostDevice device) { }

    @Override
    public void sample(int rows, int vocabulary, Settings settings, Buffer logits, double[] uniform, Buffer ids) {
        throw new IllegalStateException("unwritten");
    }
}
