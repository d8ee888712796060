package dev.panacea.runtime;

/** Matrix products of row-major matrices. Closed by its device. */
public interface Blas extends AutoCloseable {

    /**
     * {@code C = alpha · op(A) · op(B) + beta · C}, op(A) being (m, k), op(B) (k, n), C (m, n).
     * A and B are both F32 or both BF16, C is F32, or on a CUDA device of their type, rounded once; sums run in
     * float32. With beta 0 the old C is never read.
     * The same call gives the same bits whatever the number of threads.
     *
     * @param lda elements from one stored row of A to the next; A is stored (m, k), transposed (k, m)
     * @param ldb likewise for B, stored (k, n), transposed (n, k)
     * @throws IllegalArgumentException when a matrix does not fit its buffer or the dtypes do not go together
     */
    void gemm(boolean transposeA, boolean transposeB, int m, int n, int k,
              float alpha, Buffer a, int lda, Buffer b, int ldb, float beta, Buffer c, int ldc);

    /** Name and version of what computes, for reports. */
    String description();

    @Override
    void close();
}
