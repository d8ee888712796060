package dev.panacea.kernels.linear;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;

/** {@link Linear} on a CUDA device by cuBLAS. */
final class CublasLinear implements Linear {
    private final CudaOperand operand;
    private final Blas blas;

    CublasLinear(CudaDevice device) {
        operand = new CudaOperand(device);
        blas = device.blas();
    }

    @Override
    public void forward(int rows, int inputs, int outputs, Buffer x, Buffer weight, Buffer y) {
        operand.address("x", x, DType.BF16, (long) rows * inputs);
        operand.address("weight", weight, DType.BF16, (long) outputs * inputs);
        operand.address("y", y, CudaOperand.dtype("y", y, DType.BF16, DType.F32), (long) rows * outputs);
        blas.gemm(false, true, rows, outputs, inputs, 1, x, inputs, weight, inputs, 0, y, outputs);
    }

    @Override
    public void backward(int rows, int inputs, int outputs, Buffer dy, Buffer x, Buffer weight, Buffer dx, boolean accumulate,
                         Buffer dWeight) {
        operand.address("dy", dy, DType.BF16, (long) rows * outputs);
        if (dx != null) {
            operand.address("weight", weight, DType.BF16, (long) outputs * inputs);
            operand.address("dx", dx, CudaOperand.dtype("dx", dx, DType.BF16, DType.F32), (long) rows * inputs);
            blas.gemm(false, false, rows, inputs, outputs, 1, dy, outputs, weight, inputs, accumulate ? 1 : 0, dx, inputs);
        }
        if (dWeight != null) {
            operand.address("x", x, DType.BF16, (long) rows * inputs);
            operand.address("dWeight", dWeight, DType.F32, (long) outputs * inputs);
            blas.gemm(true, false, outputs, inputs, rows, 1, dy, outputs, x, inputs, 1, dWeight, inputs);
        }
    }
}
