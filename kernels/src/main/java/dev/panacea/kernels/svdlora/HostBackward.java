package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;

/** One backward on the CPU: first every block of rows apart, then the sums over all rows. */
final class HostBackward {
    private final Shape shape;
    private final Blas blas;
    private final ProductOperands operands;
    private final RowDiagonals diagonals;
    private final Buffer dy;
    private final Buffer x;
    private final Buffer projected;
    private final Buffer roundedDy;
    private final Buffer roundedX;
    private final Buffer gradient;
    private final Buffer scaledGradient;
    private final Buffer roundedGradient;
    private final Buffer scaled;
    private final Buffer roundedScaled;

    HostBackward(Shape shape, Blas blas, ProductOperands operands, RowDiagonals diagonals, Buffer dy, Buffer x, Buffer projected) {
        this.shape = shape;
        this.blas = blas;
        this.operands = operands;
        this.diagonals = diagonals;
        this.dy = dy;
        this.x = x;
        this.projected = projected;
        long narrow = (long) shape.rows() * shape.rank();
        roundedDy = operands.roomFor("dy", dy, (long) shape.rows() * shape.outputs());
        roundedX = operands.roomFor("x", x, (long) shape.rows() * shape.inputs());
        gradient = operands.floats("dy·U", narrow);
        scaledGradient = operands.floats("(dy·U) ⊙ d", narrow);
        roundedGradient = operands.roomFor("(dy·U) ⊙ d", scaledGradient, narrow);
        scaled = operands.floats("h", narrow);
        roundedScaled = operands.roomFor("h", scaled, narrow);
    }

    /** G = dy·U, G ⊙ d and h of one block, and every operand rounded. */
    void narrow(RowBlock block, Buffer left) {
        Buffer dyBlock = round(block, shape.outputs(), dy, roundedDy);
        round(block, shape.inputs(), x, roundedX);
        blas.gemm(false, false, block.count(), shape.rank(), shape.outputs(), 1, dyBlock, shape.outputs(), left, shape.rank(),
            0, block.of(shape.rank(), gradient), shape.rank());
        diagonals.scale(block.from(), block.to(), gradient, scaledGradient);
        diagonals.scale(block.from(), block.to(), projected, scaled);
        round(block, shape.rank(), scaledGradient, roundedGradient);
        round(block, shape.rank(), scaled, roundedScaled);
    }

    /** dx = dy·W0 + (G ⊙ d)·Vᵀ of one block, after {@link #narrow}. */
    void input(RowBlock block, Buffer weight, Buffer right, Buffer dx, boolean accumulate) {
        Buffer out = block.of(shape.inputs(), dx);
        blas.gemm(false, false, block.count(), shape.inputs(), shape.outputs(), 1, block.of(shape.outputs(), roundedDy), shape.outputs(),
            weight, shape.inputs(), accumulate ? 1 : 0, out, shape.inputs());
        blas.gemm(false, true, block.count(), shape.inputs(), shape.rank(), 1, block.of(shape.rank(), roundedGradient), shape.rank(),
            right, shape.rank(), 1, out, shape.inputs());
    }

    /** dU += dyᵀ·h and dV += xᵀ·(G ⊙ d), after every block. */
    void factors(Buffer dLeft, Buffer dRight) {
        blas.gemm(true, false, shape.outputs(), shape.rank(), shape.rows(), 1, roundedDy, shape.outputs(), roundedScaled, shape.rank(),
            1, dLeft, shape.rank());
        blas.gemm(true, false, shape.inputs(), shape.rank(), shape.rows(), 1, roundedX, shape.inputs(), roundedGradient, shape.rank(),
            1, dRight, shape.rank());
    }

    /** Columns of dDiagonal from {@code group · lanes}, after every block. */
    void diagonal(int group, Buffer dDiagonal) {
        diagonals.addProducts(group * RowDiagonals.lanes(), shape.rows(), gradient, projected, dDiagonal);
    }

    private Buffer round(RowBlock block, int columns, Buffer values, Buffer rounded) {
        Buffer target = block.of(columns, rounded);
        operands.roundInto(block.elements(columns), block.of(columns, values), target);
        return target;
    }
}
