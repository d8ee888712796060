package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.kernels.paper.Idle;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;

/** {@link HostSvdLoraLinear} on paper: takes what it holds, by the same passes where they take it, and gives it back. */
final class PaperHostSvdLoraLinear implements SvdLoraLinear {
    private final Device memory;
    private final Elementwise elementwise = Idle.of(Elementwise.class);
    private final Blas blas = Idle.of(Blas.class);

    PaperHostSvdLoraLinear(Device memory) {
        this.memory = memory;
    }

    @Override
    public Path usualPath() {
        return Path.UNMERGED;
    }

    @Override
    public void forward(Shape shape, Path path, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                        Buffer preferenceOfRow, Buffer projected, Buffer y) {
        try (var operands = operands(weight)) {
            new HostForward(shape, blas, operands, null, x, right, projected, y);
            switch (path) {
                case UNMERGED -> operands.round("U", (long) shape.outputs() * shape.rank(), left);
                case AUGMENTED -> {
                    int inner = shape.inputs() + shape.rank();
                    operands.room("[W0 | U]", (long) shape.outputs() * inner);
                    operands.round("U", (long) shape.outputs() * shape.rank(), left);
                    operands.room("[x | h]", (long) shape.rows() * inner);
                }
                case MERGED -> {
                    Buffer merged = operands.room("merged W", (long) shape.outputs() * shape.inputs());
                    merge(shape.inputs(), shape.outputs(), shape.rank(), weight, left, right, diagonal, merged);
                }
            }
        }
    }

    @Override
    public void backward(Shape shape, Buffer dy, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                         Buffer preferenceOfRow, Buffer projected, Buffer dx, boolean accumulate, Buffer dLeft, Buffer dRight,
                         Buffer dDiagonal) {
        try (var operands = operands(weight)) {
            new HostBackward(shape, blas, operands, null, dy, x, projected);
            operands.round("U", (long) shape.outputs() * shape.rank(), left);
            operands.round("V", (long) shape.inputs() * shape.rank(), right);
            operands.floats("dUᵀ", (long) shape.rank() * shape.outputs());
            operands.floats("dVᵀ", (long) shape.rank() * shape.inputs());
        }
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
        try (var operands = operands(weight)) {
            Buffer scaled = operands.floats("U ⊙ d", (long) outputs * rank);
            operands.round("U ⊙ d", (long) outputs * rank, scaled);
            operands.round("V", (long) inputs * rank, right);
            if (weight.dtype() != DType.F32) {
                operands.floats("merged W", (long) outputs * inputs);
            }
        }
    }

    private ProductOperands operands(Buffer weight) {
        return new ProductOperands(memory, elementwise, weight.dtype());
    }

    @Override
    public void diagonal(int k, int m, int preferences, float multiplier, Buffer singular, Buffer scale, Buffer lambda, Buffer diagonal) { }

    @Override
    public void diagonalBackward(int k, int m, int preferences, float multiplier, Buffer lambda, Buffer dDiagonal,
                                 Buffer dSingular, Buffer dScale) { }
}
