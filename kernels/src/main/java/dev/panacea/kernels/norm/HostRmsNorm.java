package dev.panacea.kernels.norm;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** RMSNorm on the cores of the host: blocks of rows, two passes over a row, the second of them in cache. */
final class HostRmsNorm implements RmsNorm {
    private final Workers workers;

    HostRmsNorm(HostDevice device) {
        workers = device.workers();
    }

    @Override
    public void forward(int rows, int columns, float epsilon, Buffer x, Buffer residual, Buffer weight, Buffer sum, Buffer y,
                        Buffer inverseRms) {
        if ((residual == null) != (sum == null)) {
            throw new IllegalArgumentException("sum and residual go together: both or neither");
        }
        long count = (long) rows * columns;
        MemorySegment input = Operand.floats("x", x, count);
        MemorySegment w = Operand.floats("weight", weight, columns);
        MemorySegment output = Operand.floats("y", y, count);
        MemorySegment inverses = Operand.floats("inverseRms", inverseRms, rows);
        MemorySegment added = residual == null ? null : Operand.floats("residual", residual, count);
        MemorySegment s = residual == null ? input : Operand.floats("sum", sum, count);
        Blocks.ofRows(rows, columns).forEach(workers, (block, first, last) -> {
            for (long row = first; row < last; row++) {
                long from = row * columns;
                float squares = added == null ? sumOfSquares(s, from, from + columns) : addedSquares(input, added, s, from, from + columns);
                float inverse = (float) (1 / Math.sqrt((double) squares / columns + epsilon));
                inverses.setAtIndex(ValueLayout.JAVA_FLOAT, row, inverse);
                scale(s, inverse, w, output, from, columns);
            }
        });
    }

    private static float sumOfSquares(MemorySegment s, long from, long end) {
        FloatVector squares = Lanes.zero();
        long i = from;
        for (; i <= end - Lanes.COUNT; i += Lanes.COUNT) {
            squares = squaresAt(i, end, s, squares);
        }
        if (i < end) {
            squares = squaresAt(i, end, s, squares);
        }
        return Lanes.sum(squares);
    }

    private static FloatVector squaresAt(long i, long end, MemorySegment s, FloatVector squares) {
        FloatVector v = Lanes.load(s, i, end);
        return v.fma(v, squares);
    }

    private static float addedSquares(MemorySegment x, MemorySegment residual, MemorySegment s, long from, long end) {
        FloatVector squares = Lanes.zero();
        long i = from;
        for (; i <= end - Lanes.COUNT; i += Lanes.COUNT) {
            squares = addedSquaresAt(i, end, x, residual, s, squares);
        }
        if (i < end) {
            squares = addedSquaresAt(i, end, x, residual, s, squares);
        }
        return Lanes.sum(squares);
    }

    private static FloatVector addedSquaresAt(long i, long end, MemorySegment x, MemorySegment residual, MemorySegment s,
                                              FloatVector squares) {
        FloatVector v = Lanes.load(x, i, end).add(Lanes.load(residual, i, end));
        Lanes.store(v, s, i, end);
        return v.fma(v, squares);
    }

    private static void scale(MemorySegment s, float inverse, MemorySegment w, MemorySegment y, long from, int columns) {
        int j = 0;
        for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
            scaleAt(j, columns, s, inverse, w, y, from);
        }
        if (j < columns) {
            scaleAt(j, columns, s, inverse, w, y, from);
        }
    }

    private static void scaleAt(int j, int columns, MemorySegment s, float inverse, MemorySegment w, MemorySegment y, long from) {
        FloatVector normed = Lanes.load(s, from + j, from + columns).mul(inverse).mul(Lanes.load(w, j, columns));
        Lanes.store(normed, y, from + j, from + columns);
    }

    @Override
    public void backward(int rows, int columns, Buffer dy, Buffer s, Buffer weight, Buffer inverseRms, Buffer dSum, Buffer dx,
                         Buffer dWeight) {
        long count = (long) rows * columns;
        NormGradient gradient = new NormGradient(columns, Operand.floats("dy", dy, count), Operand.floats("s", s, count),
            Operand.floats("weight", weight, columns), Operand.floats("inverseRms", inverseRms, rows),
            dSum == null ? null : Operand.floats("dSum", dSum, count), Operand.floats("dx", dx, count));
        if (dWeight == null) {
            Blocks.ofRows(rows, columns).forEach(workers, (block, first, last) -> gradient.rows(first, last));
        } else {
            gradient.rowsAndWeight(rows, Operand.floats("dWeight", dWeight, columns), workers);
        }
    }
}
