package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostBuffer;
import java.lang.foreign.MemorySegment;

/** One forward on the CPU. Blocks of rows run apart, so that a block of x, h and y stays in a core's cache between its products. */
final class HostForward {
    private final Shape shape;
    private final Blas blas;
    private final ProductOperands operands;
    private final RowDiagonals diagonals;
    private final Buffer x;
    private final Buffer right;
    private final Buffer projected;
    private final Buffer y;
    private final Buffer roundedX;
    private final Buffer scaled;
    private final Buffer roundedScaled;

    HostForward(Shape shape, Blas blas, ProductOperands operands, RowDiagonals diagonals, Buffer x, Buffer right,
                Buffer projected, Buffer y) {
        this.shape = shape;
        this.blas = blas;
        this.operands = operands;
        this.diagonals = diagonals;
        this.x = x;
        this.right = operands.round("V", (long) shape.inputs() * shape.rank(), right);
        this.projected = projected;
        this.y = y;
        this.roundedX = operands.roomFor("x", x, (long) shape.rows() * shape.inputs());
        this.scaled = operands.floats("h", (long) shape.rows() * shape.rank());
        this.roundedScaled = operands.roomFor("h", scaled, (long) shape.rows() * shape.rank());
    }

    void unmerged(RowBlock block, Buffer weight, Buffer left) {
        Buffer input = block.of(shape.inputs(), roundedX);
        Buffer output = block.of(shape.outputs(), y);
        Buffer h = project(block, input);
        blas.gemm(false, true, block.count(), shape.outputs(), shape.inputs(), 1, input, shape.inputs(), weight, shape.inputs(),
            0, output, shape.outputs());
        blas.gemm(false, true, block.count(), shape.outputs(), shape.rank(), 1, h, shape.rank(), left, shape.rank(),
            1, output, shape.outputs());
    }

    /** @param both [W0 | U] (outputs, inputs + rank), @param joined room for [x | h] (rows, inputs + rank) */
    void augmented(RowBlock block, Buffer both, Buffer joined) {
        int inner = shape.inputs() + shape.rank();
        Buffer input = block.of(shape.inputs(), roundedX);
        Buffer h = project(block, input);
        Buffer xh = block.of(inner, joined);
        paste(block.count(), shape.inputs(), input, 0, inner, xh);
        paste(block.count(), shape.rank(), h, shape.inputs(), inner, xh);
        blas.gemm(false, true, block.count(), shape.outputs(), inner, 1, xh, inner, both, inner,
            0, block.of(shape.outputs(), y), shape.outputs());
    }

    void merged(RowBlock block, Buffer merged) {
        Buffer input = block.of(shape.inputs(), roundedX);
        projectOnly(block, input);
        blas.gemm(false, true, block.count(), shape.outputs(), shape.inputs(), 1, input, shape.inputs(), merged, shape.inputs(),
            0, block.of(shape.outputs(), y), shape.outputs());
    }

    // h = (x·V) ⊙ d of the block, rounded as an operand
    private Buffer project(RowBlock block, Buffer input) {
        projectOnly(block, input);
        diagonals.scale(block.from(), block.to(), projected, scaled);
        Buffer h = block.of(shape.rank(), roundedScaled);
        operands.roundInto(block.elements(shape.rank()), block.of(shape.rank(), scaled), h);
        return h;
    }

    private void projectOnly(RowBlock block, Buffer input) {
        operands.roundInto(block.elements(shape.inputs()), block.of(shape.inputs(), x), input);
        blas.gemm(false, false, block.count(), shape.rank(), shape.inputs(), 1, input, shape.inputs(), right, shape.rank(),
            0, block.of(shape.rank(), projected), shape.rank());
    }

    /** Copies {@code part} (rows, columns) into columns [at, at + columns) of {@code whole} (rows, width); equal dtypes. */
    static void paste(int rows, int columns, Buffer part, int at, int width, Buffer whole) {
        MemorySegment source = HostBuffer.segment(part);
        MemorySegment target = HostBuffer.segment(whole);
        long bytes = part.dtype().bytes();
        for (long row = 0; row < rows; row++) {
            MemorySegment.copy(source, row * columns * bytes, target, (row * width + at) * bytes, columns * bytes);
        }
    }
}
