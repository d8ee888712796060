package dev.panacea.kernels.attention;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static dev.panacea.kernels.vectors.Floats.load;
import static dev.panacea.kernels.vectors.Floats.store;

/** Hides the keys behind each query's own position. Positions are compared as floats, exact below 2²⁴. */
final class CausalMask {
    private final Matrix positions;

    /** Memory for the position of every lane, (1, ROWS). */
    CausalMask(Matrix positions) {
        this.positions = positions;
    }

    void reset(QueryTile tile) {
        for (int lane = 0; lane < tile.lanes(); lane++) {
            positions.set(0, lane, tile.position(Math.min(lane, tile.rows() - 1)));
        }
    }

    /** Scores of keys {@code first} and on, (keys, lanes): -∞ where the key lies behind the query. */
    void apply(Matrix scores, int first, int keys, int lanes) {
        for (int v = 0; v < lanes; v += LANES) {
            FloatVector position = load(positions.at(0, v));
            for (int j = 0; j < keys; j++) {
                long at = scores.at(j, v);
                FloatVector score = load(at);
                store(score.blend(Float.NEGATIVE_INFINITY, position.compare(VectorOperators.LT, first + j)), at);
            }
        }
    }
}
