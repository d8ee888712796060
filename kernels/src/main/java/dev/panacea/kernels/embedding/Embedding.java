package dev.panacea.kernels.embedding;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * Rows of a table by token id. An id outside the table throws on the host; a CUDA device, which alone sees it, makes its row of y NaN and
 * adds nothing for it to a gradient.
 */
public interface Embedding {

    /** This family on {@code device}. */
    static Embedding on(Device device) {
        return switch (device) {
            case HostDevice host -> new Bf16HostEmbedding(host);
            case CudaDevice cuda -> new CudaEmbedding(cuda);
        };
    }

    /**
     * @param ids I32 [rows], each in [0, vocabulary)
     * @param table (vocabulary, columns), F32 or BF16
     * @param y (rows, columns), F32 or BF16, overwritten
     * @throws IllegalArgumentException on the host, naming the first id outside the table
     */
    void forward(int rows, int columns, int vocabulary, Buffer ids, Buffer table, Buffer y);

    /**
     * Adds the rows of {@code dy} (rows, columns), F32 or BF16, to their rows of {@code dTable} (vocabulary, columns) F32, in row order.
     *
     * @throws IllegalArgumentException on the host, naming the first id outside the table
     */
    void backward(int rows, int columns, int vocabulary, Buffer ids, Buffer dy, Buffer dTable);
}
