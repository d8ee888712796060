package dev.panacea.runtime.cuda;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.bindings.ColumnMajorProduct;
import dev.panacea.runtime.bindings.CublasHandle;
import dev.panacea.runtime.bindings.CublasMath;
import dev.panacea.runtime.bindings.DeviceMatrix;
import dev.panacea.runtime.bindings.MissingLibraryException;

/**
 * Row-major products on a GPU through cuBLAS, on the device's compute stream. Sums are float32. Beyond what {@link Blas} asks for, A
 * and B may be F16, and C may be of their type. The workspace is fixed, so that the same call gives the same bits on the same kind of
 * GPU with the same library, and so that products can be captured in graphs.
 */
public final class CudaBlas implements Blas {
    /** What cuBLAS asks for on a GPU of sm_90; others need less. */
    static final long WORKSPACE_BYTES = 32L << 20;

    private final CudaDevice device;
    private final CublasChoice cublas;
    private final ComputeType float32;
    private final long workspace;
    private boolean closed;

    CudaBlas(CudaDevice device, CublasChoice cublas, ComputeType float32) {
        this.device = device;
        this.cublas = cublas;
        this.float32 = float32;
        try {
            workspace = device.context().driver().allocate(WORKSPACE_BYTES);
        } catch (RuntimeException e) {
            cublas.handle().close();
            throw e;
        }
        try {
            configure(cublas.handle());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void configure(CublasHandle handle) {
        handle.setMath(CublasMath.FULL_PRECISION_REDUCTIONS);
        handle.setStream(device.computeStream().handle().handle());
        // After the stream, since every new stream brings back a workspace of the library's own.
        handle.setWorkspace(workspace, WORKSPACE_BYTES);
    }

    /** Products whose float32 matrices are taken as they are; for {@link CudaDevice#open}. */
    public static CudaBlas on(CudaDevice device) {
        return on(device, ComputeType.FLOAT32);
    }

    /**
     * @param float32 how products of float32 matrices are computed
     * @throws BadInputException where no cuBLAS is installed, or the device is simulated
     */
    public static CudaBlas on(CudaDevice device, ComputeType float32) {
        String driver = device.context().driver().name();
        if (driver.equals("simulator")) {
            throw new BadInputException("cuBLAS computes on GPUs alone, and " + device + " is simulated; use --device host");
        }
        try {
            return new CudaBlas(device, CublasChoice.open(driver), float32);
        } catch (MissingLibraryException e) {
            throw new BadInputException(e.getMessage() + "; or use --device host", e);
        }
    }

    @Override
    public void gemm(boolean transposeA, boolean transposeB, int m, int n, int k,
                     float alpha, Buffer a, int lda, Buffer b, int ldb, float beta, Buffer c, int ldc) {
        gemmStrided(transposeA, transposeB, m, n, k, alpha, new MatrixBatch(a, lda, 0), new MatrixBatch(b, ldb, 0), beta,
            new MatrixBatch(c, ldc, 0), 1);
    }

    /**
     * {@code batches} products like {@link #gemm}, of matrices that lie at equal distances in their buffers.
     *
     * @throws IllegalArgumentException when one does not fit its buffer, when the matrices of C overlap, or for dtypes that do not go
     *         together
     */
    public synchronized void gemmStrided(boolean transposeA, boolean transposeB, int m, int n, int k,
                                         float alpha, MatrixBatch a, MatrixBatch b, float beta, MatrixBatch c, int batches) {
        checkDtypes(a.buffer().dtype(), b.buffer().dtype(), c.buffer().dtype());
        a.check("A", transposeA ? k : m, transposeA ? m : k, batches);
        b.check("B", transposeB ? n : k, transposeB ? k : n, batches);
        c.check("C", m, n, batches);
        c.checkApart("C", m, n, batches);
        if (m == 0 || n == 0 || batches == 0) {
            return;
        }
        ColumnMajorProduct product = ColumnMajorProduct.ofRowMajor(transposeA, transposeB, m, n, k, alpha, matrix(a), matrix(b), beta,
            matrix(c), arithmetic(a.buffer().dtype()));
        makeCurrent();
        if (batches == 1) {
            cublas.handle().gemm(product);
        } else {
            cublas.handle().gemmStridedBatched(product, batches);
        }
    }

    /**
     * Products of matrices that lie anywhere: each of {@code a}, {@code b} and {@code c} is a buffer of I64 that holds their device
     * addresses, one for each product, aligned to 16 bytes. What they point to is not checked.
     */
    public synchronized void gemmPointers(boolean transposeA, boolean transposeB, int m, int n, int k,
                                          float alpha, MatrixPointers a, MatrixPointers b, float beta, MatrixPointers c, int batches) {
        checkDtypes(a.dtype(), b.dtype(), c.dtype());
        a.check("A", transposeA ? m : k, batches);
        b.check("B", transposeB ? k : n, batches);
        c.check("C", n, batches);
        if (m == 0 || n == 0 || batches == 0) {
            return;
        }
        makeCurrent();
        cublas.handle().gemmBatched(ColumnMajorProduct.ofRowMajor(transposeA, transposeB, m, n, k, alpha, matrix(a), matrix(b), beta,
            matrix(c), arithmetic(a.dtype())), batches);
    }

    private DeviceMatrix matrix(MatrixBatch batch) {
        return new DeviceMatrix(address(batch.buffer()), batch.buffer().dtype(), batch.stride(), batch.distance());
    }

    private DeviceMatrix matrix(MatrixPointers matrices) {
        return new DeviceMatrix(address(matrices.pointers()), matrices.dtype(), matrices.stride());
    }

    private long address(Buffer buffer) {
        CudaBuffer cuda = CudaBuffer.of(buffer);
        if (cuda.device() != device) {
            throw new IllegalArgumentException("a product on " + device + " cannot use " + buffer);
        }
        return cuda.address();
    }

    private void makeCurrent() {
        if (closed) {
            throw new IllegalStateException("the matrix products of " + device + " are closed");
        }
        device.context().driver();
    }

    private ComputeType arithmetic(DType operands) {
        return operands == DType.F32 ? float32 : ComputeType.FLOAT32;
    }

    private static void checkDtypes(DType a, DType b, DType c) {
        boolean operands = a == b && (a == DType.F32 || a == DType.BF16 || a == DType.F16);
        if (!operands || c != DType.F32 && c != a) {
            throw new IllegalArgumentException("no product of " + a + " and " + b + " into " + c
                + ": A and B are both F32, BF16 or F16, and C is F32 or of their type");
        }
    }

    @Override
    public String description() {
        return cublas.description();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        CudaDriver driver = device.context().driver();
        try {
            cublas.handle().close();
        } finally {
            driver.free(workspace);
        }
    }
}
