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
        if (LANES == 8) {
            eightInRegisters(address, row);
        } else {
            inMemory(address, row);
        }
    }

    /** A square of any size. */
    static void inMemory(long address, long row) {
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
                store(upper(a, b, away, odd), upper);
                store(lower(a, b, away, odd), lower);
            }
        }
    }

    /** The same of eight rows, which sixteen registers hold with room for what changes places: no row is written in between. */
    static void eightInRegisters(long address, long row) {
        FloatVector a = load(address), b = load(address + row), c = load(address + 2 * row), d = load(address + 3 * row);
        FloatVector e = load(address + 4 * row), f = load(address + 5 * row), g = load(address + 6 * row), h = load(address + 7 * row);
        FloatVector u = upper(a, e, FOUR_AWAY, ODD_FOURS); e = lower(a, e, FOUR_AWAY, ODD_FOURS); a = u;
        u = upper(b, f, FOUR_AWAY, ODD_FOURS); f = lower(b, f, FOUR_AWAY, ODD_FOURS); b = u;
        u = upper(c, g, FOUR_AWAY, ODD_FOURS); g = lower(c, g, FOUR_AWAY, ODD_FOURS); c = u;
        u = upper(d, h, FOUR_AWAY, ODD_FOURS); h = lower(d, h, FOUR_AWAY, ODD_FOURS); d = u;
        u = upper(a, c, TWO_AWAY, ODD_TWOS); c = lower(a, c, TWO_AWAY, ODD_TWOS); a = u;
        u = upper(b, d, TWO_AWAY, ODD_TWOS); d = lower(b, d, TWO_AWAY, ODD_TWOS); b = u;
        u = upper(e, g, TWO_AWAY, ODD_TWOS); g = lower(e, g, TWO_AWAY, ODD_TWOS); e = u;
        u = upper(f, h, TWO_AWAY, ODD_TWOS); h = lower(f, h, TWO_AWAY, ODD_TWOS); f = u;
        store(upper(a, b, ONE_AWAY, ODD_ONES), address);
        store(lower(a, b, ONE_AWAY, ODD_ONES), address + row);
        store(upper(c, d, ONE_AWAY, ODD_ONES), address + 2 * row);
        store(lower(c, d, ONE_AWAY, ODD_ONES), address + 3 * row);
        store(upper(e, f, ONE_AWAY, ODD_ONES), address + 4 * row);
        store(lower(e, f, ONE_AWAY, ODD_ONES), address + 5 * row);
        store(upper(g, h, ONE_AWAY, ODD_ONES), address + 6 * row);
        store(lower(g, h, ONE_AWAY, ODD_ONES), address + 7 * row);
    }

    private static FloatVector upper(FloatVector a, FloatVector b, VectorShuffle<Float> away, VectorMask<Float> odd) {
        return a.blend(b.rearrange(away), odd);
    }

    private static FloatVector lower(FloatVector a, FloatVector b, VectorShuffle<Float> away, VectorMask<Float> odd) {
        return a.rearrange(away).blend(b, odd);
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
