package dev.panacea.kernels.attention;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static dev.panacea.kernels.vectors.Floats.SPECIES;
import static dev.panacea.kernels.vectors.Floats.load;
import static dev.panacea.kernels.vectors.Floats.store;

/**
 * Transposes a square of as many rows as a vector has lanes, in place: blocks of half its size change places across the
 * diagonal, then blocks of a quarter inside them, down to single values.
 */
final class SquareTranspose {
    private static final VectorShuffle<Float> EIGHT_AWAY = away(8);
    private static final VectorShuffle<Float> FOUR_AWAY = away(4);
    private static final VectorShuffle<Float> TWO_AWAY = away(2);
    private static final VectorShuffle<Float> ONE_AWAY = away(1);
    private static final VectorMask<Float> ODD_EIGHTS = odd(8);
    private static final VectorMask<Float> ODD_FOURS = odd(4);
    private static final VectorMask<Float> ODD_TWOS = odd(2);
    private static final VectorMask<Float> ODD_ONES = odd(1);

    private SquareTranspose() { }

    /** @param row bytes from one row to the next */
    static void run(long address, long row) {
        if (LANES > 8) {
            exchange(address, row, 8, EIGHT_AWAY, ODD_EIGHTS);
        }
        if (LANES > 4) {
            exchange(address, row, 4, FOUR_AWAY, ODD_FOURS);
        }
        if (LANES > 2) {
            exchange(address, row, 2, TWO_AWAY, ODD_TWOS);
        }
        exchange(address, row, 1, ONE_AWAY, ODD_ONES);
    }

    // Of rows i and i + size, the odd blocks of the first change places with the even blocks of the second.
    private static void exchange(long address, long row, int size, VectorShuffle<Float> away, VectorMask<Float> odd) {
        for (int i = 0; i < LANES; i++) {
            if ((i & size) == 0) {
                long upper = address + i * row;
                long lower = upper + size * row;
                FloatVector a = load(upper);
                FloatVector b = load(lower);
                store(a.blend(b.rearrange(away), odd), upper);
                store(a.rearrange(away).blend(b, odd), lower);
            }
        }
    }

    private static VectorShuffle<Float> away(int size) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ size) % LANES);
    }

    private static VectorMask<Float> odd(int size) {
        boolean[] lanes = new boolean[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = (lane & size) != 0;
        }
        return VectorMask.fromArray(SPECIES, lanes, 0);
    }
}
