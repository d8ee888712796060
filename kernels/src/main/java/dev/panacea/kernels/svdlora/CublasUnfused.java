package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.MemoryScope;

/**
 * {@link AdapterWay#CUBLAS_UNFUSED}. The small product comes first: what it leaves in BF16 is off by a rounding of the adapter's part
 * alone, where the other order would round the whole of y twice, and the large product reads it while it computes.
 */
final class CublasUnfused implements AdapterProducts {
    private final CudaDevice device;
    private final PaddedFactors factors;
    private final Blas blas;

    CublasUnfused(CudaDevice device, PaddedFactors factors, Blas blas) {
        this.device = device;
        this.factors = factors;
        this.blas = blas;
    }

    @Override
    public void forward(SvdLoraPlan plan, Operands operands, Buffer y) {
        Shape shape = plan.shape();
        addNarrow(plan, operands, shape.outputs(), 0, y);
        blas.gemm(false, true, shape.rows(), shape.outputs(), shape.inputs(), 1, operands.wide(), shape.inputs(), operands.weight(),
            weightStride(plan, operands), 1, y, shape.outputs());
    }

    @Override
    public void inputGradient(SvdLoraPlan plan, Operands operands, Buffer dx, boolean accumulate) {
        Shape shape = plan.shape();
        addNarrow(plan, operands, shape.inputs(), accumulate ? 1 : 0, dx);
        blas.gemm(false, false, shape.rows(), shape.inputs(), shape.outputs(), 1, operands.wide(), shape.outputs(), operands.weight(),
            weightStride(plan, operands), 1, dx, shape.inputs());
    }

    private void addNarrow(SvdLoraPlan plan, Operands operands, int columns, float beta, Buffer result) {
        try (MemoryScope scope = device.openScope("unfused products")) {
            Buffer factor = factors.padded(scope, operands.factor(), columns, plan.shape().rank());
            blas.gemm(false, true, plan.shape().rows(), columns, plan.ranks(), 1, operands.narrow(), plan.ranks(), factor, plan.ranks(),
                beta, result, columns);
        }
    }

    private static int weightStride(SvdLoraPlan plan, Operands operands) {
        WeightRoom room = WeightRoom.of(plan.shape().inputs(), plan.shape().outputs(), plan.shape().rank());
        return room.isIn(operands.weight()) ? room.stride() : plan.shape().inputs();
    }
}
