package dev.panacea.kernels.rotary;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rotary embedding on the cores of the host, by blocks of rows. */
final class HostRotary implements Rotary {
    private final Workers workers;

    HostRotary(HostDevice device) {
        workers = device.workers();
    }

    @Override
    public void forward(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, Buffer y) {
        rotate(rows, heads, headDimension, x, positions, cosine, sine, 1, y);
    }

    @Override
    public void backward(int rows, int heads, int headDimension, Buffer dy, Buffer positions, Buffer cosine, Buffer sine, Buffer dx) {
        rotate(rows, heads, headDimension, dy, positions, cosine, sine, -1, dx);
    }

    /** @param direction 1 to turn by the angle, -1 to turn back */
    private void rotate(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, float direction,
                        Buffer y) {
        int half = Rotary.half(headDimension);
        long columns = (long) heads * headDimension;
        Rotation rotation = new Rotation(heads, half, direction, Operand.floats("x", x, rows * columns),
            Operand.floats("cosine", cosine, half), Operand.floats("sine", sine, cosine.count()), Operand.floats("y", y, rows * columns));
        MemorySegment rowPositions = checkedPositions(rows, positions, cosine.count() / half);
        Blocks.ofRows(rows, columns).forEach(workers, (block, first, last) -> {
            for (long row = first; row < last; row++) {
                rotation.turn(row * columns, (long) rowPositions.getAtIndex(ValueLayout.JAVA_INT, row) * half);
            }
        });
    }

    private static MemorySegment checkedPositions(int rows, Buffer positions, long tablePositions) {
        MemorySegment values = Operand.ints("positions", positions, rows);
        for (int row = 0; row < rows; row++) {
            int position = values.getAtIndex(ValueLayout.JAVA_INT, row);
            if (position < 0 || position >= tablePositions) {
                throw new IllegalArgumentException("position " + position + " of row " + row + " is outside the rotary table of "
                    + tablePositions + " positions");
            }
        }
        return values;
    }
}
