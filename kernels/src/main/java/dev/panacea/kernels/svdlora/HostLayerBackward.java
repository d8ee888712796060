package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.kernels.svdlora.HostFactorGradient.Part;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import java.util.List;

/** All of one layer's backward on the CPU but dV: first every block of rows apart, then the sums over all rows. */
final class HostLayerBackward {
    private final Shape shape;
    private final Blas blas;
    private final ProductOperands operands;
    private final RowDiagonals diagonals;
    private final Member member;
    private final Gradients gradients;
    private final Buffer left;
    private final Buffer right;
    private final Buffer roundedDy;
    private final Buffer gradient;
    private final Buffer scaledGradient;
    private final Buffer roundedGradient;
    private final Buffer scaled;
    private final Buffer roundedScaled;

    HostLayerBackward(SvdLoraGroup group, Member member, RowDiagonals diagonals, Blas blas, ProductOperands operands,
                      Gradients gradients) {
        this.shape = group.shape(member);
        this.blas = blas;
        this.operands = operands;
        this.diagonals = diagonals;
        this.member = member;
        this.gradients = gradients;
        left = operands.round("U", (long) shape.outputs() * shape.rank(), member.left());
        right = operands.round("V", (long) shape.inputs() * shape.rank(), member.right());
        long narrow = (long) shape.rows() * shape.rank();
        roundedDy = operands.roomFor("dy", gradients.dy(), (long) shape.rows() * shape.outputs());
        gradient = operands.floats("dy·U", narrow);
        scaledGradient = operands.floats("(dy·U) ⊙ d", narrow);
        roundedGradient = operands.roomFor("(dy·U) ⊙ d", scaledGradient, narrow);
        scaled = operands.floats("h", narrow);
        roundedScaled = operands.roomFor("h", scaled, narrow);
    }

    /** G ⊙ d (rows, rank) as an operand, of the blocks that {@link #narrow} has been through. */
    Buffer scaledGradient() {
        return roundedGradient;
    }

    /** G = dy·U, h and G ⊙ d of one block, and every operand rounded. */
    void narrow(RowBlock block) {
        Buffer dyBlock = round(block, shape.outputs(), gradients.dy(), roundedDy);
        blas.gemm(false, false, block.count(), shape.rank(), shape.outputs(), 1, dyBlock, shape.outputs(), left, shape.rank(),
            0, block.of(shape.rank(), gradient), shape.rank());
        diagonals.scale(block.from(), block.to(), gradient, scaledGradient);
        diagonals.scale(block.from(), block.to(), member.projected(), scaled);
        round(block, shape.rank(), scaledGradient, roundedGradient);
        round(block, shape.rank(), scaled, roundedScaled);
    }

    /** dx = dy·W0 + (G ⊙ d)·Vᵀ of one block, after {@link #narrow}. */
    void input(RowBlock block, Buffer dx, boolean accumulate) {
        Buffer out = block.of(shape.inputs(), dx);
        blas.gemm(false, false, block.count(), shape.inputs(), shape.outputs(), 1, block.of(shape.outputs(), roundedDy),
            shape.outputs(), member.weight(), shape.inputs(), accumulate ? 1 : 0, out, shape.inputs());
        blas.gemm(false, true, block.count(), shape.inputs(), shape.rank(), 1, block.of(shape.rank(), roundedGradient), shape.rank(),
            right, shape.rank(), 1, out, shape.inputs());
    }

    /** dU += dyᵀ·h, after every block. */
    void left(HostFactorGradient factors) {
        factors.add("dUᵀ", shape.outputs(), roundedDy, roundedScaled, List.of(new Part(shape.rank(), gradients.left())));
    }

    /** Groups of columns of dDiagonal for {@link #diagonal}. */
    int diagonalGroups() {
        return Math.ceilDiv(shape.rank(), RowDiagonals.lanes());
    }

    /** Columns of dDiagonal from {@code group · lanes}, after every block. */
    void diagonal(int group) {
        diagonals.addProducts(group * RowDiagonals.lanes(), shape.rows(), gradient, member.projected(), gradients.diagonal());
    }

    private Buffer round(RowBlock block, int columns, Buffer values, Buffer rounded) {
        Buffer target = block.of(columns, rounded);
        operands.roundInto(block.elements(columns), block.of(columns, values), target);
        return target;
    }
}
