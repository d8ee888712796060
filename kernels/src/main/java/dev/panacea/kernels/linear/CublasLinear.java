package dev.panacea.kernels.linear;

import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;

/** {@link Linear} on a CUDA device by cuBLAS. */
record CublasLinear(Blas blas) implements Linear {

    @Override
    public void forward(int rows, int inputs, int outputs, Buffer x, Buffer weight, Buffer y) {
        blas.gemm(false, true, rows, outputs, inputs, 1, x, inputs, weight, inputs, 0, y, outputs);
    }

    @Override
    public void backward(int rows, int inputs, int outputs, Buffer dy, Buffer x, Buffer weight, Buffer dx, boolean accumulate,
                         Buffer dWeight) {
        if (dx != null) {
            blas.gemm(false, false, rows, inputs, outputs, 1, dy, outputs, weight, inputs, accumulate ? 1 : 0, dx, inputs);
        }
        if (dWeight != null) {
            blas.gemm(true, false, outputs, inputs, rows, 1, dy, outputs, x, inputs, 1, dWeight, inputs);
        }
    }
}
