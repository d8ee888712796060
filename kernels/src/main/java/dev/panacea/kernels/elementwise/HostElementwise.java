package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostElementwise implements Elementwise {
    HostElementwise(HostDevice device) { }

    @Override
    public void fill(long count, float value, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void copy(long count, Buffer x, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void add(long count, Buffer a, Buffer b, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void cast(long count, Buffer x, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public double sumOfSquares(long count, Buffer x) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public boolean allFinite(long count, Buffer x) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void sequenceSum(PackedSequences sequences, Buffer x, Buffer minus, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void sequenceSumBackward(PackedSequences sequences, Buffer dy, Buffer dx) {
        throw new IllegalStateException("unwritten");
    }
}
