package dev.panacea.kernels.embedding;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostEmbedding implements Embedding {
    HostEmbedding(HostDevice device) { }

    @Override
    public void forward(int rows, int columns, int vocabulary, Buffer ids, Buffer table, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(int rows, int columns, int vocabulary, Buffer ids, Buffer dy, Buffer dTable) {
        throw new IllegalStateException("unwritten");
    }
}
