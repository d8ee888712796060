package dev.panacea.kernels.logprob;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostLinearLogProb implements LinearLogProb {
    HostLinearLogProb(HostDevice device) { }

    @Override
    public void forward(Shape shape, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer derivative) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backwardFrozen(Shape shape, Buffer dLogProb, Buffer derivative, Buffer dx) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(Shape shape, Buffer dLogProb, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer dx, Buffer dHead) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void logits(Shape shape, Buffer x, Buffer head, Buffer logits) {
        throw new IllegalStateException("unwritten");
    }
}
