package dev.panacea.runtime;

/** A matrix product of matrices at addresses, or a part of one; the meaning of the rest is that of {@link Blas#gemm}. */
record Product(boolean bf16, boolean transposeA, boolean transposeB, int m, int n, int k, float alpha,
               long a, int lda, long b, int ldb, float beta, long c, int ldc) {

    /** What computes the rows and columns of C that start at ({@code row}, {@code column}). */
    Product tile(int row, int rows, int column, int columns) {
        return new Product(bf16, transposeA, transposeB, rows, columns, k, alpha, at(a, lda, row, 0, transposeA), lda,
            at(b, ldb, 0, column, transposeB), ldb, beta, c + Float.BYTES * ((long) row * ldc + column), ldc);
    }

    /** What adds {@code count} terms from {@code from} on of every inner sum to the earlier ones. */
    Product terms(int from, int count) {
        return new Product(bf16, transposeA, transposeB, m, n, count, alpha, at(a, lda, 0, from, transposeA), lda,
            at(b, ldb, from, 0, transposeB), ldb, from == 0 ? beta : 1, c, ldc);
    }

    private long at(long address, int stride, int row, int column, boolean transposed) {
        long element = transposed ? (long) column * stride + row : (long) row * stride + column;
        return address + (bf16 ? Short.BYTES : Float.BYTES) * element;
    }
}
