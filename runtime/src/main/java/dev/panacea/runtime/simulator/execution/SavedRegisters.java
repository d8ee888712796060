package dev.panacea.runtime.simulator.execution;

import java.util.Arrays;

/** The registers of a function as a recursive call found them. */
final class SavedRegisters {
    private final RegisterRange range;
    private final int[] words;
    private final long[] longs;
    private final int[] predicates;

    SavedRegisters(RegisterRange range, Warp warp) {
        this.range = range;
        words = Arrays.copyOfRange(warp.words, range.words() * Warp.LANES, (range.words() + range.wordCount()) * Warp.LANES);
        longs = Arrays.copyOfRange(warp.longs, range.longs() * Warp.LANES, (range.longs() + range.longCount()) * Warp.LANES);
        predicates = Arrays.copyOfRange(warp.predicates, range.predicates(), range.predicates() + range.predicateCount());
    }

    void restore(Warp warp, int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            for (int i = 0; i < range.wordCount(); i++) {
                warp.words[(range.words() + i) * Warp.LANES + lane] = words[i * Warp.LANES + lane];
            }
            for (int i = 0; i < range.longCount(); i++) {
                warp.longs[(range.longs() + i) * Warp.LANES + lane] = longs[i * Warp.LANES + lane];
            }
        }
        for (int i = 0; i < predicates.length; i++) {
            int at = range.predicates() + i;
            warp.predicates[at] = warp.predicates[at] & ~lanes | predicates[i] & lanes;
        }
    }
}
