package dev.panacea.bench.step;

/**
 * A matrix product of a training step, {@code op(A)·op(B)} of (m, k) and (k, n), and the parts it is called in there.
 *
 * @param rows of C a call, columns of C a call and terms of a sum a call
 */
record MatrixProduct(boolean transposeA, boolean transposeB, int m, int n, int k, int rows, int columns, int terms) {
    /** Rows that the kernels of linear layers and of the head give one core at a time. */
    static final int ROWS = 128;

    /** A product whose rows are shared by the cores in blocks. */
    static MatrixProduct byRows(boolean transposeB, int m, int n, int k) {
        return new MatrixProduct(false, transposeB, m, n, k, ROWS, n, k);
    }

    /** A product called once, {@code Aᵀ·B}: a sum over all rows. */
    static MatrixProduct overRows(int m, int n, int k) {
        return new MatrixProduct(true, false, m, n, k, m, n, k);
    }

    boolean isWhole() {
        return rows == m && columns == n && terms == k;
    }

    double flops() {
        return 2.0 * m * n * k;
    }

    /** Elements of A that must be in memory at once, of B, and of C: a part of a sum or of a row's columns is used again for the next. */
    long elementsOfA() {
        return (long) m * terms;
    }

    long elementsOfB() {
        return (long) k * n;
    }

    long elementsOfC() {
        return (long) Math.ceilDiv(m, rows) * rows * columns;
    }
}
