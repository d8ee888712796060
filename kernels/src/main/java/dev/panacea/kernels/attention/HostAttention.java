package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostAttention implements Attention {
    HostAttention(HostDevice device) { }

    @Override
    public void forward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer output, Buffer logSumExp) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer output, Buffer logSumExp, Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void decode(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output) {
        throw new IllegalStateException("unwritten");
    }
}
