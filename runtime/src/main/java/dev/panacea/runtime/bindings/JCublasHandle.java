package dev.panacea.runtime.bindings;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;

/** A handle made through JCuda. */
final class JCublasHandle implements CublasHandle {
    /** CUBLAS_GEMM_DEFAULT. */
    private static final int ALGORITHM = -1;

    /** JCuda's object, opened so far that the address in it can be read. */
    static final class Handle extends cublasHandle {
        long address() {
            return getNativePointer();
        }
    }

    private final Cublas library;
    private final Handle handle;
    private final float[] alpha = new float[1];
    private final float[] beta = new float[1];
    private final Pointer alphaPointer = Pointer.to(alpha);
    private final Pointer betaPointer = Pointer.to(beta);
    private boolean closed;

    JCublasHandle(Cublas library, Handle handle) {
        this.library = library;
        this.handle = handle;
    }

    @Override
    public int version() {
        int[] version = new int[1];
        CublasStatus.check("cublasGetVersion", JCublas2.cublasGetVersion(handle, version), "");
        return version[0];
    }

    @Override
    public void setStream(long stream) {
        // JCuda takes only streams that it made; the library below is the same.
        library.setStream(handle.address(), stream);
    }

    @Override
    public void setWorkspace(long address, long bytes) {
        CublasStatus.check("cublasSetWorkspace", JCublas2.cublasSetWorkspace(handle, at(address), bytes), bytes + " bytes");
    }

    @Override
    public void setMath(CublasMath math) {
        CublasStatus.check("cublasSetMathMode", JCublas2.cublasSetMathMode(handle, math.code()), math);
    }

    @Override
    public void gemm(ColumnMajorProduct p) {
        setFactors(p);
        DeviceMatrix a = p.a();
        DeviceMatrix b = p.b();
        DeviceMatrix c = p.c();
        int status = JCublas2.cublasGemmEx_new(handle, p.operationA(), p.operationB(), p.m(), p.n(), p.k(),
            alphaPointer, at(a.address()), a.type(), a.leadingDimension(), at(b.address()), b.type(), b.leadingDimension(),
            betaPointer, at(c.address()), c.type(), c.leadingDimension(), p.computeCode(), ALGORITHM);
        CublasStatus.check("cublasGemmEx", status, p);
    }

    @Override
    public void gemmStridedBatched(ColumnMajorProduct p, int batches) {
        setFactors(p);
        DeviceMatrix a = p.a();
        DeviceMatrix b = p.b();
        DeviceMatrix c = p.c();
        int status = JCublas2.cublasGemmStridedBatchedEx_new(handle, p.operationA(), p.operationB(),
            p.m(), p.n(), p.k(), alphaPointer, at(a.address()), a.type(), a.leadingDimension(), a.batchStride(),
            at(b.address()), b.type(), b.leadingDimension(), b.batchStride(),
            betaPointer, at(c.address()), c.type(), c.leadingDimension(), c.batchStride(), batches, p.computeCode(), ALGORITHM);
        CublasStatus.check("cublasGemmStridedBatchedEx", status, p);
    }

    @Override
    public void gemmBatched(ColumnMajorProduct p, int batches) {
        setFactors(p);
        DeviceMatrix a = p.a();
        DeviceMatrix b = p.b();
        DeviceMatrix c = p.c();
        int status = JCublas2.cublasGemmBatchedEx_new(handle, p.operationA(), p.operationB(),
            p.m(), p.n(), p.k(), alphaPointer, at(a.address()), a.type(), a.leadingDimension(),
            at(b.address()), b.type(), b.leadingDimension(),
            betaPointer, at(c.address()), c.type(), c.leadingDimension(), batches, p.computeCode(), ALGORITHM);
        CublasStatus.check("cublasGemmBatchedEx", status, p);
    }

    private void setFactors(ColumnMajorProduct product) {
        alpha[0] = product.alpha();
        beta[0] = product.beta();
    }

    private static Pointer at(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CublasStatus.check("cublasDestroy", JCublas2.cublasDestroy(handle), "");
        }
    }
}
