package dev.panacea.runtime.bindings;

import dev.panacea.runtime.cuda.ComputeType;

/**
 * {@code C = alpha · op(A) · op(B) + beta · C} of column-major matrices, op(A) being (m, k), op(B) (k, n), C (m, n): what cuBLAS
 * computes.
 */
public record ColumnMajorProduct(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, DeviceMatrix a, DeviceMatrix b,
                                 float beta, DeviceMatrix c, ComputeType compute) {

    /**
     * The product that does to row-major matrices what is asked for. A row-major matrix is a column-major one transposed, and
     * Cᵀ = op(B)ᵀ · op(A)ᵀ, so A and B change places and so do m and n; the transpositions stay with their matrices.
     */
    public static ColumnMajorProduct ofRowMajor(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, DeviceMatrix a,
                                                DeviceMatrix b, float beta, DeviceMatrix c, ComputeType compute) {
        return new ColumnMajorProduct(transposeB, transposeA, n, m, k, alpha, b, a, beta, c, compute);
    }

    /** cublasOperation_t of A. */
    int operationA() {
        return transposeA ? 1 : 0;
    }

    /** cublasOperation_t of B. */
    int operationB() {
        return transposeB ? 1 : 0;
    }

    int computeCode() {
        return compute.code();
    }

    @Override
    public String toString() {
        return "column-major (" + m + ", " + k + ")" + mark(transposeA) + " · (" + k + ", " + n + ")" + mark(transposeB) + ", " + a.dtype()
            + " · " + b.dtype() + " into " + c.dtype() + ", strides " + a.stride() + ", " + b.stride() + ", " + c.stride();
    }

    private static String mark(boolean transpose) {
        return transpose ? " stored transposed" : "";
    }
}
