package dev.panacea.runtime.bindings;

/** A cuBLASLt handle of the context that was current when it was made; plans may be made and run by several threads. */
public final class CublasLtHandle implements AutoCloseable {
    private final CublasLt library;
    private final long handle;
    private boolean closed;

    CublasLtHandle(CublasLt library, long handle) {
        this.library = library;
        this.handle = handle;
    }

    /**
     * Plans {@code batches} products of {@code shape}'s extents, types, strides and transpositions; its addresses do not count.
     *
     * @param workspaceBytes of device memory that the algorithm may use at most
     * @throws dev.panacea.runtime.cuda.CudaException when the library has no algorithm for them
     */
    public CublasLtMatmul plan(ColumnMajorProduct shape, int batches, long workspaceBytes) {
        return new CublasLtMatmul(library, handle, shape, batches, workspaceBytes);
    }

    /** To be called after all plans are closed. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            library.destroyHandle(handle);
        }
    }
}
