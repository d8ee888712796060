package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/** selp: {@code a} where the predicate holds, {@code b} elsewhere; and mov, whose predicate always holds. */
final class Choice extends Operation {
    private final boolean wide;
    private final int d;
    private final int a;
    private final int b;
    private final PredicateSource predicate;

    /** @param wide whether all registers have 64 bits, else up to 32 */
    Choice(boolean wide, int d, int a, int b, PredicateSource predicate) {
        this.wide = wide;
        this.d = d;
        this.a = a;
        this.b = b;
        this.predicate = predicate;
    }

    static Choice move(boolean wide, int d, int a) {
        return new Choice(wide, d, a, a, PredicateSource.TRUE);
    }

    @Override
    void execute(Warp warp, int lanes) {
        int chosen = a == b ? 0 : predicate.mask(warp);
        if (wide) {
            longs(warp.longs, chosen, lanes);
        } else {
            words(warp.words, chosen, lanes);
        }
    }

    private void words(int[] r, int chosen, int lanes) {
        for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
            IntVector first = Lanes.load(r, a + i);
            Lanes.store(a == b ? first : Lanes.load(r, b + i).blend(first, Lanes.mask(chosen, i)), r, d, i, lanes);
        }
    }

    private void longs(long[] r, int chosen, int lanes) {
        for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
            LongVector first = Lanes.load(r, a + i);
            Lanes.store(a == b ? first : Lanes.load(r, b + i).blend(first, Lanes.longMask(chosen, i)), r, d, i, lanes);
        }
    }
}
