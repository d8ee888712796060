package dev.panacea.kernels.attention;

import dev.panacea.kernels.vectors.Exponential;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static dev.panacea.kernels.vectors.Floats.NATIVE;
import static dev.panacea.kernels.vectors.Floats.ORDER;
import static dev.panacea.kernels.vectors.Floats.SPECIES;
import static dev.panacea.kernels.vectors.Floats.load;
import static dev.panacea.kernels.vectors.Floats.store;

/**
 * Softmax over keys that arrive tile by tile. Queries lie in lanes, keys in rows, so maxima and sums need no reduction across
 * lanes. Hidden keys have scores of -∞; as long as a query has seen no other, so is its running maximum.
 */
final class OnlineSoftmax {
    private final Matrix maximum;
    private final Matrix sum;

    /** Running maximum and sum, (1, ROWS) each. */
    OnlineSoftmax(Matrix maximum, Matrix sum) {
        this.maximum = maximum;
        this.sum = sum;
    }

    void reset(int lanes) {
        for (int v = 0; v < lanes; v += LANES) {
            store(FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY), maximum.at(0, v));
            store(FloatVector.zero(SPECIES), sum.at(0, v));
        }
    }

    /** Turns (keys, lanes) scores into exponentials and rescales the (d, lanes) output gathered so far to the new maximum. */
    void step(Matrix scores, int keys, int lanes, Matrix output, int d) {
        for (int v = 0; v < lanes; v += LANES) {
            FloatVector before = load(maximum.at(0, v));
            FloatVector now = before.max(columnMaximum(scores, keys, v));
            FloatVector finite = now.blend(0, now.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
            FloatVector shrink = Exponential.exp(before.sub(finite));
            FloatVector added = exponentials(scores, keys, v, finite);
            store(load(sum.at(0, v)).fma(shrink, added), sum.at(0, v));
            store(now, maximum.at(0, v));
            scale(output, d, v, shrink);
        }
    }

    /**
     * Divides the output by the sums and leaves the log of the denominators in the place of the maxima; for a query without a key 0
     * and +∞, which is what makes its gradients 0.
     */
    Matrix finish(Matrix output, int d, int lanes) {
        for (int v = 0; v < lanes; v += LANES) {
            FloatVector total = load(sum.at(0, v));
            FloatVector inverse = FloatVector.broadcast(SPECIES, 1).div(total);
            scale(output, d, v, inverse.blend(0, total.compare(VectorOperators.EQ, 0)));
        }
        for (int lane = 0; lane < lanes; lane++) {
            float total = sum.get(0, lane);
            maximum.set(0, lane, total == 0 ? Float.POSITIVE_INFINITY : (float) (maximum.get(0, lane) + Math.log(total)));
        }
        return maximum;
    }

    // The larger by comparison is two instructions where max(), which orders NaN and signed zeros, is five.
    private static FloatVector columnMaximum(Matrix scores, int keys, int v) {
        long at = scores.at(0, v), row = scores.row();
        FloatVector most = FloatVector.fromMemorySegment(SPECIES, NATIVE, at, ORDER);
        for (int j = 1; j < keys; j++) {
            at += row;
            FloatVector next = FloatVector.fromMemorySegment(SPECIES, NATIVE, at, ORDER);
            most = most.blend(next, next.compare(VectorOperators.GT, most));
        }
        return most;
    }

    private static FloatVector exponentials(Matrix scores, int keys, int v, FloatVector maximum) {
        FloatVector total = FloatVector.zero(SPECIES);
        long at = scores.at(0, v), row = scores.row();
        for (int j = 0; j < keys; j++, at += row) {
            FloatVector e = Exponential.exp(FloatVector.fromMemorySegment(SPECIES, NATIVE, at, ORDER).sub(maximum));
            e.intoMemorySegment(NATIVE, at, ORDER);
            total = total.add(e);
        }
        return total;
    }

    private static void scale(Matrix output, int d, int v, FloatVector factor) {
        long at = output.at(0, v), row = output.row();
        for (int i = 0; i < d; i++, at += row) {
            FloatVector.fromMemorySegment(SPECIES, NATIVE, at, ORDER).mul(factor).intoMemorySegment(NATIVE, at, ORDER);
        }
    }
}
