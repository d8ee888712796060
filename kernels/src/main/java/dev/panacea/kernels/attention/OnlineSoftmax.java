package dev.panacea.kernels.attention;

import dev.panacea.kernels.vectors.Exponential;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static dev.panacea.kernels.vectors.Floats.SPECIES;
import static dev.panacea.kernels.vectors.Floats.load;
import static dev.panacea.kernels.vectors.Floats.store;

/**
 * Softmax over keys that arrive tile by tile. Queries lie in lanes, keys in rows, so maxima and sums need no reduction across
 * lanes. Key 0 is seen by every query and comes first: the running maximum is finite from then on.
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
            FloatVector now = larger(before, columnMaximum(scores, keys, v));
            FloatVector shrink = Exponential.exp(before.sub(now));
            FloatVector added = exponentials(scores, keys, v, now);
            store(load(sum.at(0, v)).fma(shrink, added), sum.at(0, v));
            store(now, maximum.at(0, v));
            scale(output, d, v, shrink);
        }
    }

    /** Divides the output by the sums and leaves the log of the denominators in the place of the maxima. */
    Matrix finish(Matrix output, int d, int lanes) {
        for (int v = 0; v < lanes; v += LANES) {
            FloatVector total = load(sum.at(0, v));
            scale(output, d, v, FloatVector.broadcast(SPECIES, 1).div(total));
        }
        for (int lane = 0; lane < lanes; lane++) {
            maximum.set(0, lane, (float) (maximum.get(0, lane) + Math.log(sum.get(0, lane))));
        }
        return maximum;
    }

    private static FloatVector columnMaximum(Matrix scores, int keys, int v) {
        FloatVector most = load(scores.at(0, v));
        for (int j = 1; j < keys; j++) {
            most = larger(most, load(scores.at(j, v)));
        }
        return most;
    }

    // Two instructions where max(), which orders NaN and signed zeros, is five.
    private static FloatVector larger(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(VectorOperators.GT, a));
    }

    private static FloatVector exponentials(Matrix scores, int keys, int v, FloatVector maximum) {
        FloatVector total = FloatVector.zero(SPECIES);
        for (int j = 0; j < keys; j++) {
            long at = scores.at(j, v);
            FloatVector e = Exponential.exp(load(at).sub(maximum));
            store(e, at);
            total = total.add(e);
        }
        return total;
    }

    private static void scale(Matrix output, int d, int v, FloatVector factor) {
        for (int i = 0; i < d; i++) {
            long at = output.at(i, v);
            store(load(at).mul(factor), at);
        }
    }
}
