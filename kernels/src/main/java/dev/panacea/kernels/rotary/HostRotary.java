package dev.panacea.kernels.rotary;

import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rotary embedding on the cores of the host, by blocks of rows; BF16 is widened before and rounded after. */
final class HostRotary extends Turning {
    private final HostDevice device;
    private final Workers workers;

    HostRotary(HostDevice device) {
        this.device = device;
        workers = device.workers();
    }

    @Override
    void turn(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, float direction, Buffer y) {
        long columns = (long) heads * headDimension;
        if (Operand.dtype("x", x) == DType.BF16) {
            try (Widened f32 = new Widened(device, "rotary embedding", DType.BF16)) {
                turn(rows, heads, headDimension, f32.input("x", x, rows * columns), positions, cosine, sine, direction,
                    f32.output("y", y, rows * columns));
                f32.round();
            }
            return;
        }
        int half = Rotary.half(headDimension);
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
