package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.svdlora.AdaptedProduct.Way;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.MemoryScope;

/** {@link AdapterWay#FUSED}: the sums never leave registers between the two products. */
final class OwnFused implements AdapterProducts {
    private final CudaDevice device;
    private final PaddedFactors factors;
    private final AdaptedProduct product;

    OwnFused(CudaDevice device, PaddedFactors factors) {
        this.device = device;
        this.factors = factors;
        product = new AdaptedProduct(device);
    }

    @Override
    public void forward(SvdLoraPlan plan, Operands operands, Buffer y) {
        SvdLoraLinear.Shape shape = plan.shape();
        try (MemoryScope scope = device.openScope("fused product")) {
            long u = factors.padded(scope, CudaBuffer.address(operands.factor()), shape.outputs(), shape.rank());
            product.run(Way.FORWARD, plan, addresses(operands, u, shape.inputs()), CudaBuffer.address(y), false);
        }
    }

    @Override
    public void inputGradient(SvdLoraPlan plan, Operands operands, Buffer dx, boolean accumulate) {
        SvdLoraLinear.Shape shape = plan.shape();
        try (MemoryScope scope = device.openScope("fused product")) {
            Buffer v = factors.transposed(scope, CudaBuffer.address(operands.factor()), shape.inputs(), shape.rank(),
                WeightRoom.padded(shape.inputs()));
            product.run(Way.INPUT_GRADIENT, plan, addresses(operands, CudaBuffer.address(v), shape.outputs()), CudaBuffer.address(dx),
                accumulate);
        }
    }

    private static AdaptedProduct.Operands addresses(Operands o, long factor, int depth) {
        return new AdaptedProduct.Operands(CudaBuffer.address(o.wide()), CudaBuffer.address(o.narrow()), CudaBuffer.address(o.weight()),
            factor, depth);
    }
}
