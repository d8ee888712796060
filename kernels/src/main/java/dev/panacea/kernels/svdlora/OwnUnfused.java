package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/** {@link AdapterWay#UNFUSED}: in float32, so that the result is rounded once. */
final class OwnUnfused implements AdapterProducts {
    private final CudaDevice device;
    private final PaddedFactors factors;
    private final Linear linear;
    private final Elementwise elementwise;

    OwnUnfused(CudaDevice device, PaddedFactors factors, Linear linear, Elementwise elementwise) {
        this.device = device;
        this.factors = factors;
        this.linear = linear;
        this.elementwise = elementwise;
    }

    @Override
    public void forward(SvdLoraPlan plan, Operands operands, Buffer y) {
        Shape shape = plan.shape();
        long count = (long) shape.rows() * shape.outputs();
        try (MemoryScope scope = device.openScope("unfused products")) {
            Buffer sums = scope.allocate("y in float32", DType.F32, count);
            linear.forward(shape.rows(), shape.inputs(), shape.outputs(), operands.wide(), operands.weight(), sums);
            addNarrow(scope, plan, operands, shape.outputs(), sums);
            elementwise.cast(count, sums, y);
        }
    }

    @Override
    public void inputGradient(SvdLoraPlan plan, Operands operands, Buffer dx, boolean accumulate) {
        Shape shape = plan.shape();
        long count = (long) shape.rows() * shape.inputs();
        try (MemoryScope scope = device.openScope("unfused products")) {
            Buffer sums = scope.allocate("dx in float32", DType.F32, count);
            if (accumulate) {
                elementwise.cast(count, dx, sums);
            }
            linear.backward(shape.rows(), shape.inputs(), shape.outputs(), operands.wide(), null, operands.weight(), sums, accumulate,
                null);
            addNarrow(scope, plan, operands, shape.inputs(), sums);
            elementwise.cast(count, sums, dx);
        }
    }

    // narrow · factorᵀ, which is how a linear layer's gradient meets its weight
    private void addNarrow(MemoryScope scope, SvdLoraPlan plan, Operands operands, int columns, Buffer sums) {
        Buffer factor = factors.transposed(scope, CudaBuffer.address(operands.factor()), columns, plan.shape().rank(), columns);
        linear.backward(plan.shape().rows(), columns, plan.ranks(), operands.narrow(), null, factor, sums, true, null);
    }
}
