package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** From an array to one value: a partial result a block, then the blocks in order. */
final class Reduction {
    private static final int MAGNITUDE = 0x7FFFFFFF;
    private static final int INFINITY = 0x7F800000;

    private Reduction() { }

    static double sumOfSquares(Workers workers, MemorySegment x, long count) {
        Blocks blocks = Blocks.ofElements(count);
        double[] partials = new double[blocks.number()];
        blocks.forEach(workers, (block, from, to) -> partials[block] = sumOfSquares(x, from, to));
        return inOrder(partials);
    }

    private static double sumOfSquares(MemorySegment x, long from, long to) {
        DoubleVector sum = Lanes.widen(Lanes.zero(), 0);
        long i = from;
        for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
            sum = sum.add(squares(Lanes.load(x, i, to)));
        }
        if (i < to) {
            sum = sum.add(squares(Lanes.load(x, i, to)));
        }
        return inOrder(sum.toDoubleArray());
    }

    /** Squares of the lanes in float64, the two halves of the vector added. */
    private static DoubleVector squares(FloatVector values) {
        DoubleVector low = Lanes.widen(values, 0);
        DoubleVector high = Lanes.widen(values, 1);
        return low.fma(low, high.mul(high));
    }

    private static double inOrder(double[] terms) {
        double sum = 0;
        for (double term : terms) {
            sum += term;
        }
        return sum;
    }

    static boolean allFinite(Workers workers, MemorySegment x, long count) {
        Blocks blocks = Blocks.ofElements(count);
        int[] largest = new int[blocks.number()];
        blocks.forEach(workers, (block, from, to) -> largest[block] = largestMagnitude(x, from, to));
        for (int bits : largest) {
            if (bits >= INFINITY) {
                return false;
            }
        }
        return true;
    }

    // without the sign, bits order as the magnitudes do, and infinity and NaN lie above all finite ones
    private static int largestMagnitude(MemorySegment x, long from, long to) {
        IntVector largest = Lanes.zero().reinterpretAsInts();
        long i = from;
        for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
            largest = largest.max(Lanes.load(x, i, to).reinterpretAsInts().and(MAGNITUDE));
        }
        if (i < to) {
            largest = largest.max(Lanes.load(x, i, to).reinterpretAsInts().and(MAGNITUDE));
        }
        return largest.reduceLanes(VectorOperators.MAX);
    }
}
