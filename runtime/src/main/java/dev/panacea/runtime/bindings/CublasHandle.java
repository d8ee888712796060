package dev.panacea.runtime.bindings;

/**
 * A cuBLAS handle of the context that was current when it was made; used by one thread at a time. Every call throws
 * {@link dev.panacea.runtime.cuda.CudaException} when the library refuses it.
 */
public interface CublasHandle extends AutoCloseable {

    /** As 10000 · major + 100 · minor + patch. */
    int version();

    /** Lets later products run in {@code stream}, and puts the library's own workspace back in place. */
    void setStream(long stream);

    /** Gives the library {@code bytes} at the 256-byte aligned device {@code address} for its intermediate sums. */
    void setWorkspace(long address, long bytes);

    void setMath(CublasMath math);

    void gemm(ColumnMajorProduct product);

    /** {@code batches} products of matrices that lie {@link DeviceMatrix#batchStride} apart. */
    void gemmStridedBatched(ColumnMajorProduct product, int batches);

    /** {@code batches} products; the addresses of the matrices are those of device arrays of addresses. */
    void gemmBatched(ColumnMajorProduct product, int batches);

    @Override
    void close();
}
