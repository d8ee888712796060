package dev.panacea.kernels.activation;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostSwiGlu implements SwiGlu {
    HostSwiGlu(HostDevice device) { }

    @Override
    public void forward(long count, Buffer gate, Buffer up, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(long count, Buffer dy, Buffer gate, Buffer up, Buffer dGate, Buffer dUp) {
        throw new IllegalStateException("unwritten");
    }
}
