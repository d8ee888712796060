package dev.panacea.kernels.rotary;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Rotary embedding on the cores of the host: blocks of rows; an angle is loaded once for all heads of a row. */
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
        if (headDimension < 2 || headDimension % 2 != 0) {
            throw new IllegalArgumentException("rotary embedding needs an even head dimension, not " + headDimension);
        }
        int half = headDimension / 2;
        long columns = (long) heads * headDimension;
        MemorySegment input = Operand.floats("x", x, rows * columns);
        MemorySegment output = Operand.floats("y", y, rows * columns);
        MemorySegment cosines = Operand.floats("cosine", cosine, half);
        MemorySegment sines = Operand.floats("sine", sine, cosine.count());
        MemorySegment rowPositions = checkedPositions(rows, positions, cosine.count() / half);
        Blocks.ofRows(rows, columns).forEach(workers, (block, first, last) -> {
            for (long row = first; row < last; row++) {
                long angles = (long) rowPositions.getAtIndex(ValueLayout.JAVA_INT, row) * half;
                for (int i = 0; i < half; i += Lanes.COUNT) {
                    FloatVector c = Lanes.load(cosines, angles + i, angles + half);
                    FloatVector s = Lanes.load(sines, angles + i, angles + half).mul(direction);
                    rotateHeads(input, output, row * columns, (row + 1) * columns, half, i, c, s);
                }
            }
        });
    }

    /** Turns elements i.. and i + half.. of every head of the row [from, to). */
    private static void rotateHeads(MemorySegment x, MemorySegment y, long from, long to, int half, int i, FloatVector c, FloatVector s) {
        for (long head = from; head < to; head += 2L * half) {
            long middle = head + half;
            long end = middle + half;
            FloatVector low = Lanes.load(x, head + i, middle);
            FloatVector high = Lanes.load(x, middle + i, end);
            Lanes.store(low.mul(c).sub(high.mul(s)), y, head + i, middle);
            Lanes.store(high.mul(c).add(low.mul(s)), y, middle + i, end);
        }
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
