package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What the layers of a group read together in a forward on the CPU: x, rounded once, and x·V of all by one product with their V side by
 * side. Blocks of rows run apart, so that a block of x, h and y stays in a core's cache between its products.
 */
final class HostForward {
    private final SvdLoraGroup group;
    private final Blas blas;
    private final ProductOperands operands;
    private final Buffer roundedX;
    private final int ranks;
    private final List<Buffer> rights;
    private final Buffer right;
    private final Buffer projected;

    HostForward(SvdLoraGroup group, Blas blas, ProductOperands operands) {
        this.group = group;
        this.blas = blas;
        this.operands = operands;
        roundedX = operands.roomFor("x", group.x(), (long) group.rows() * group.inputs());
        ranks = group.ranks();
        rights = group.members().stream()
            .map(member -> operands.round("V", (long) group.inputs() * member.rank(), member.right())).toList();
        right = isOne() ? rights.getFirst() : operands.room("V of all", (long) group.inputs() * ranks);
        projected = isOne() ? group.members().getFirst().projected() : operands.floats("x·V of all", (long) group.rows() * ranks);
    }

    private boolean isOne() {
        return group.members().size() == 1;
    }

    /** V of all (inputs, ranks), before any block. */
    void putRightsSideBySide() {
        int at = 0;
        for (int i = 0; i < rights.size() && !isOne(); i++) {
            int rank = group.members().get(i).rank();
            paste(new RowBlock(0, group.inputs()), rank, rights.get(i), at, ranks, right);
            at += rank;
        }
    }

    /** x·V of every layer of a block, whose x it returns as an operand. */
    Buffer project(RowBlock block) {
        Buffer input = block.of(group.inputs(), roundedX);
        operands.roundInto(block.elements(group.inputs()), block.of(group.inputs(), group.x()), input);
        blas.gemm(false, false, block.count(), ranks, group.inputs(), 1, input, group.inputs(), right, ranks,
            0, block.of(ranks, projected), ranks);
        if (!isOne()) {
            int at = 0;
            for (SvdLoraGroup.Member member : group.members()) {
                cut(block, member.rank(), at, member.projected());
                at += member.rank();
            }
        }
        return input;
    }

    private void cut(RowBlock block, int rank, int at, Buffer part) {
        MemorySegment source = HostBuffer.segment(projected);
        MemorySegment target = HostBuffer.segment(part);
        for (long row = block.from(); row < block.to(); row++) {
            MemorySegment.copy(source, (row * ranks + at) * Float.BYTES, target, row * rank * Float.BYTES, (long) rank * Float.BYTES);
        }
    }

    /** Copies {@code rows} of {@code part} (rows, columns) into columns [at, at + columns) of {@code whole} (rows, width); equal dtypes. */
    static void paste(RowBlock rows, int columns, Buffer part, int at, int width, Buffer whole) {
        MemorySegment source = HostBuffer.segment(part);
        MemorySegment target = HostBuffer.segment(whole);
        long bytes = part.dtype().bytes();
        for (long row = rows.from(); row < rows.to(); row++) {
            MemorySegment.copy(source, row * columns * bytes, target, (row * width + at) * bytes, columns * bytes);
        }
    }
}
