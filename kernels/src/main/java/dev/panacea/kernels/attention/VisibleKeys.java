package dev.panacea.kernels.attention;

import dev.panacea.kernels.vectors.Floats;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static dev.panacea.kernels.vectors.Floats.load;
import static dev.panacea.kernels.vectors.Floats.store;

/**
 * Hides from the queries of a tile the keys that they must not see: those outside a range of positions that the causal order and the
 * window leave, and those that are masked for all. Positions are compared as floats, exact below 2²⁴.
 */
final class VisibleKeys {
    private final Matrix least;
    private final Matrix most;
    private final MemorySegment keyMask;

    /**
     * @param least memory for the first position that each lane sees, (1, ROWS)
     * @param most likewise the last
     * @param keyMask a byte for each token, 0 where no query sees it; null when all are seen
     */
    VisibleKeys(Matrix least, Matrix most, MemorySegment keyMask) {
        this.least = least;
        this.most = most;
        this.keyMask = keyMask;
    }

    void reset(QueryTile tile) {
        for (int lane = 0; lane < tile.lanes(); lane++) {
            int row = Math.min(lane, tile.rows() - 1);
            least.set(0, lane, tile.firstSeen(row));
            most.set(0, lane, tile.lastSeen(row));
        }
    }

    /** Scores of keys {@code first} and on, (keys, lanes): -∞ where the key is hidden. */
    void hideIn(Matrix scores, QueryTile tile, int first, int keys) {
        if (tile.hides(first, first + keys)) {
            hideByPosition(scores, first, keys, tile.lanes());
        }
        if (keyMask != null) {
            for (int j = 0; j < keys; j++) {
                if (keyMask.get(ValueLayout.JAVA_BYTE, (long) tile.firstKey() + first + j) == 0) {
                    Floats.fill(scores.at(j, 0), tile.lanes(), Float.NEGATIVE_INFINITY);
                }
            }
        }
    }

    private void hideByPosition(Matrix scores, int first, int keys, int lanes) {
        for (int v = 0; v < lanes; v += LANES) {
            FloatVector from = load(least.at(0, v));
            FloatVector to = load(most.at(0, v));
            for (int j = 0; j < keys; j++) {
                long at = scores.at(j, v);
                FloatVector score = load(at).blend(Float.NEGATIVE_INFINITY, to.compare(VectorOperators.LT, first + j));
                store(score.blend(Float.NEGATIVE_INFINITY, from.compare(VectorOperators.GT, first + j)), at);
            }
        }
    }
}
