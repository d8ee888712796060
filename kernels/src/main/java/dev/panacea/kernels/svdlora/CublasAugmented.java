package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/**
 * {@link AdapterWay#CUBLAS_AUGMENTED}: {@code [x | h]·[W0 | U]ᵀ} and {@code [dy | G ⊙ d]·[W0 ; Vᵀ]}. x or dy is copied at each call; W0
 * only where it has no {@link WeightRoom}.
 */
final class CublasAugmented implements AdapterProducts {
    private final CudaDevice device;
    private final PaddedFactors factors;
    private final PlacedMatrices matrices;
    private final Blas blas;

    CublasAugmented(CudaDevice device, PaddedFactors factors, Blas blas) {
        this.device = device;
        this.factors = factors;
        this.blas = blas;
        matrices = new PlacedMatrices(device);
    }

    @Override
    public void forward(SvdLoraPlan plan, Operands operands, Buffer y) {
        Shape shape = plan.shape();
        WeightRoom room = WeightRoom.of(shape.inputs(), shape.outputs(), shape.rank());
        int depth = shape.inputs() + plan.ranks();
        try (MemoryScope scope = device.openScope("augmented product")) {
            Buffer weight = inRoom(scope, room, operands.weight());
            matrices.place(CudaBuffer.address(operands.factor()), room.left(weight), shape.outputs(), shape.rank(), plan.ranks(),
                room.stride());
            Buffer joined = joined(scope, plan, operands, shape.inputs());
            blas.gemm(false, true, shape.rows(), shape.outputs(), depth, 1, joined, WeightRoom.padded(depth), weight, room.stride(), 0, y,
                shape.outputs());
        }
    }

    @Override
    public void inputGradient(SvdLoraPlan plan, Operands operands, Buffer dx, boolean accumulate) {
        Shape shape = plan.shape();
        WeightRoom room = WeightRoom.of(shape.inputs(), shape.outputs(), shape.rank());
        int depth = shape.outputs() + plan.ranks();
        try (MemoryScope scope = device.openScope("augmented product")) {
            Buffer weight = inRoom(scope, room, operands.weight());
            factors.transpose(CudaBuffer.address(operands.factor()), room.right(weight), shape.inputs(), shape.rank(), room.stride());
            Buffer joined = joined(scope, plan, operands, shape.outputs());
            blas.gemm(false, false, shape.rows(), shape.inputs(), depth, 1, joined, WeightRoom.padded(depth), weight, room.stride(),
                accumulate ? 1 : 0, dx, shape.inputs());
        }
    }

    private Buffer inRoom(MemoryScope scope, WeightRoom room, Buffer weight) {
        if (room.isIn(weight)) {
            return weight;
        }
        Buffer copy = scope.allocate("weight with room", DType.BF16, room.elements());
        matrices.place(CudaBuffer.address(weight), CudaBuffer.address(copy), room.outputs(), room.inputs(), room.inputs(), room.stride());
        return copy;
    }

    // [wide | narrow], in rows that begin at multiples of 16 bytes
    private Buffer joined(MemoryScope scope, SvdLoraPlan plan, Operands operands, int columns) {
        int rows = plan.shape().rows();
        int stride = WeightRoom.padded(columns + plan.ranks());
        Buffer joined = scope.allocate("joined operand", DType.BF16, (long) rows * stride);
        long to = CudaBuffer.address(joined);
        matrices.place(CudaBuffer.address(operands.wide()), to, rows, columns, columns, stride);
        matrices.place(CudaBuffer.address(operands.narrow()), to + (long) DType.BF16.bytes() * columns, rows, plan.ranks(), plan.ranks(),
            stride);
        return joined;
    }
}
