package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;

/** y of one layer on the CPU, a block of rows at a time, once {@link HostForward} has its x·V. */
final class HostLayerForward {
    private final Shape shape;
    private final Blas blas;
    private final ProductOperands operands;
    private final RowDiagonals diagonals;
    private final Buffer projected;
    private final Buffer y;
    private final Buffer scaled;
    private final Buffer roundedScaled;

    HostLayerForward(SvdLoraGroup group, Member member, RowDiagonals diagonals, Blas blas, ProductOperands operands, Buffer y) {
        shape = group.shape(member);
        this.blas = blas;
        this.operands = operands;
        this.diagonals = diagonals;
        projected = member.projected();
        this.y = y;
        scaled = operands.floats("h", (long) shape.rows() * shape.rank());
        roundedScaled = operands.roomFor("h", scaled, (long) shape.rows() * shape.rank());
    }

    /** @param input rows of the block of x, as all below */
    void unmerged(RowBlock block, Buffer input, Buffer weight, Buffer left) {
        product(block, input, weight);
        blas.gemm(false, true, block.count(), shape.outputs(), shape.rank(), 1, narrow(block), shape.rank(), left, shape.rank(),
            1, block.of(shape.outputs(), y), shape.outputs());
    }

    /** @param both [W0 | U] (outputs, inputs + rank), @param joined room for [x | h] (rows, inputs + rank) */
    void augmented(RowBlock block, Buffer input, Buffer both, Buffer joined) {
        int inner = shape.inputs() + shape.rank();
        Buffer xh = block.of(inner, joined);
        RowBlock lines = new RowBlock(0, block.count());
        HostForward.paste(lines, shape.inputs(), input, 0, inner, xh);
        HostForward.paste(lines, shape.rank(), narrow(block), shape.inputs(), inner, xh);
        blas.gemm(false, true, block.count(), shape.outputs(), inner, 1, xh, inner, both, inner,
            0, block.of(shape.outputs(), y), shape.outputs());
    }

    /** With W0, or a weight that the adapter is folded into. */
    void product(RowBlock block, Buffer input, Buffer weight) {
        blas.gemm(false, true, block.count(), shape.outputs(), shape.inputs(), 1, input, shape.inputs(), weight, shape.inputs(),
            0, block.of(shape.outputs(), y), shape.outputs());
    }

    // h = (x·V) ⊙ d of the block, rounded as an operand
    private Buffer narrow(RowBlock block) {
        diagonals.scale(block.from(), block.to(), projected, scaled);
        Buffer h = block.of(shape.rank(), roundedScaled);
        operands.roundInto(block.elements(shape.rank()), block.of(shape.rank(), scaled), h);
        return h;
    }
}
