package dev.panacea.runtime.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A handle of {@link Cublas}, with the two factors of a product in native memory that is reused. */
final class FfmCublasHandle implements CublasHandle {
    private final Cublas cublas;
    private final long handle;
    private final Arena arena = Arena.ofShared();
    // In the default pointer mode both are read before a call returns.
    private final MemorySegment alpha = arena.allocate(ValueLayout.JAVA_FLOAT);
    private final MemorySegment beta = arena.allocate(ValueLayout.JAVA_FLOAT);

    FfmCublasHandle(Cublas cublas, long handle) {
        this.cublas = cublas;
        this.handle = handle;
    }

    @Override
    public int version() {
        return cublas.version(handle);
    }

    @Override
    public void setStream(long stream) {
        cublas.setStream(handle, stream);
    }

    @Override
    public void setWorkspace(long address, long bytes) {
        cublas.setWorkspace(handle, address, bytes);
    }

    @Override
    public void setMath(CublasMath math) {
        cublas.setMathMode(handle, math.code());
    }

    @Override
    public void gemm(ColumnMajorProduct product) {
        setFactors(product);
        cublas.gemmEx(handle, product, alpha.address(), beta.address());
    }

    @Override
    public void gemmStridedBatched(ColumnMajorProduct product, int batches) {
        setFactors(product);
        cublas.gemmStridedBatchedEx(handle, product, alpha.address(), beta.address(), batches);
    }

    @Override
    public void gemmBatched(ColumnMajorProduct product, int batches) {
        setFactors(product);
        cublas.gemmBatchedEx(handle, product, alpha.address(), beta.address(), batches);
    }

    private void setFactors(ColumnMajorProduct product) {
        alpha.set(ValueLayout.JAVA_FLOAT, 0, product.alpha());
        beta.set(ValueLayout.JAVA_FLOAT, 0, product.beta());
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            cublas.destroy(handle);
        }
    }
}
