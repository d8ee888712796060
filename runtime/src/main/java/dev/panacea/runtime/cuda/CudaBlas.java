package dev.panacea.runtime.cuda;

import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.bindings.ColumnMajorProduct;
import dev.panacea.runtime.bindings.CublasMath;
import dev.panacea.runtime.bindings.DeviceMatrix;
import java.util.function.ToLongFunction;

/**
 * Row-major products on a GPU through cuBLAS, in one stream and by one thread at a time. Sums are float32. Beyond what {@link Blas}
 * asks for, A and B may be F16, and C may be of their type. The workspace is fixed, so that the same call gives the same bits on the
 * same kind of GPU with the same library.
 */
public final class CudaBlas implements Blas, AutoCloseable {
    /** What cuBLAS asks for on a GPU of sm_90; others need less. */
    public static final long WORKSPACE_BYTES = 32L << 20;

    private final CublasChoice cublas;
    private final long workspace;
    private final ToLongFunction<Buffer> addresses;
    private final ComputeType float32;

    CudaBlas(CublasChoice cublas, long workspace, ToLongFunction<Buffer> addresses, ComputeType float32) {
        this.cublas = cublas;
        this.workspace = workspace;
        this.addresses = addresses;
        this.float32 = float32;
        cublas.handle().setMath(CublasMath.FULL_PRECISION_REDUCTIONS);
        useStream(CudaStream.DEFAULT);
    }

    /**
     * Opens cuBLAS on the current context.
     *
     * @param workspace device address of {@link #WORKSPACE_BYTES} bytes, aligned to 256, that outlive this
     * @param addresses where a buffer lies on the device
     * @param float32 how products of float32 matrices are computed
     * @throws dev.panacea.runtime.bindings.MissingLibraryException where no cuBLAS is installed
     */
    public static CudaBlas open(CudaDriver driver, long workspace, ToLongFunction<Buffer> addresses, ComputeType float32) {
        return new CudaBlas(CublasChoice.open(driver.name()), workspace, addresses, float32);
    }

    /** Lets later products run in {@code stream}. */
    public void useStream(CudaStream stream) {
        cublas.handle().setStream(stream.handle());
        // The library goes back to a workspace of its own with every new stream.
        cublas.handle().setWorkspace(workspace, WORKSPACE_BYTES);
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
    public void gemmStrided(boolean transposeA, boolean transposeB, int m, int n, int k,
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
    public void gemmPointers(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, MatrixPointers a, MatrixPointers b,
                             float beta, MatrixPointers c, int batches) {
        checkDtypes(a.dtype(), b.dtype(), c.dtype());
        a.check("A", transposeA ? m : k, batches);
        b.check("B", transposeB ? k : n, batches);
        c.check("C", n, batches);
        if (m == 0 || n == 0 || batches == 0) {
            return;
        }
        cublas.handle().gemmBatched(ColumnMajorProduct.ofRowMajor(transposeA, transposeB, m, n, k, alpha, matrix(a), matrix(b), beta,
            matrix(c), arithmetic(a.dtype())), batches);
    }

    private DeviceMatrix matrix(MatrixBatch batch) {
        return new DeviceMatrix(addresses.applyAsLong(batch.buffer()), batch.buffer().dtype(), batch.stride(), batch.distance());
    }

    private DeviceMatrix matrix(MatrixPointers matrices) {
        return new DeviceMatrix(addresses.applyAsLong(matrices.pointers()), matrices.dtype(), matrices.stride());
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
    public void close() {
        cublas.handle().close();
    }
}
