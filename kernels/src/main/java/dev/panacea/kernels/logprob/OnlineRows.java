package dev.panacea.kernels.logprob;

import dev.panacea.kernels.vectors.Exponential;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Softmax statistics of some rows whose logits arrive in blocks of the vocabulary. Sums are kept lane by lane to the end and
 * added in order there, as the order inside a vector reduction is not specified.
 */
final class OnlineRows {
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final float[] maximum;
    private final float[] laneSums;

    OnlineRows(int rows) {
        maximum = new float[rows];
        laneSums = new float[rows * Lanes.COUNT];
        Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
    }

    /** Columns of a block in whole vectors. */
    static int stride(int columns) {
        return Math.ceilDiv(columns, Lanes.COUNT) * Lanes.COUNT;
    }

    /** Fills the columns that complete the last vector with logits that count for nothing. */
    static void pad(HostBuffer logits, int rows, int columns, int stride) {
        for (int row = 0; row < rows; row++) {
            for (int column = columns; column < stride; column++) {
                logits.setFloat((long) row * stride + column, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** Takes one row's block of logits in, leaves their exponentials; returns the factor for what was gathered before. */
    float take(int row, MemorySegment logits, long first, int count) {
        float most = Math.max(maximum[row], maximum(logits, first, count));
        float shrink = (float) Math.exp(maximum[row] - most);
        FloatVector sum = FloatVector.fromArray(Lanes.SPECIES, laneSums, row * Lanes.COUNT).mul(shrink);
        for (int i = 0; i < count; i += Lanes.COUNT) {
            long at = Float.BYTES * (first + i);
            FloatVector e = Exponential.exp(FloatVector.fromMemorySegment(Lanes.SPECIES, logits, at, ORDER).sub(most));
            e.intoMemorySegment(logits, at, ORDER);
            sum = sum.add(e);
        }
        sum.intoArray(laneSums, row * Lanes.COUNT);
        maximum[row] = most;
        return shrink;
    }

    private static float maximum(MemorySegment logits, long first, int count) {
        FloatVector most = FloatVector.broadcast(Lanes.SPECIES, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < count; i += Lanes.COUNT) {
            FloatVector next = FloatVector.fromMemorySegment(Lanes.SPECIES, logits, Float.BYTES * (first + i), ORDER);
            most = most.blend(next, next.compare(VectorOperators.GT, most));
        }
        return most.reduceLanes(VectorOperators.MAX);
    }

    /** Sum of the exponentials of a row, relative to its maximum. */
    double sum(int row) {
        double sum = 0;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            sum += laneSums[row * Lanes.COUNT + lane];
        }
        return sum;
    }

    double logSumExp(int row) {
        return maximum[row] + Math.log(sum(row));
    }

    /** {@code values[first…] *= factor}. */
    static void scale(MemorySegment values, long first, int count, float factor) {
        for (long i = first; i < first + count; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(values, i, first + count).mul(factor), values, i, first + count);
        }
    }
}
