package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.MemorySpace;
import java.util.Locale;
import java.util.StringJoiner;

/** Sets of lanes as 32-bit masks, and how messages name threads and places. */
final class Lanes {
    static final int WARP = 32;

    private Lanes() { }

    /** The lowest lane of a set that is not empty. */
    static int first(int lanes) {
        return Integer.numberOfTrailingZeros(lanes);
    }

    /** The set less its lowest lane. */
    static int rest(int lanes) {
        return lanes & lanes - 1;
    }

    /** The lanes of {@code warp} that exist in a block of {@code threads}. */
    static int existing(int warp, int threads) {
        int lanes = Math.clamp(threads - warp * WARP, 0, WARP);
        return lanes == WARP ? -1 : (1 << lanes) - 1;
    }

    /** {@code lanes 0-3, 7 of warp 2}. */
    static String name(int warp, int lanes) {
        StringJoiner ranges = new StringJoiner(", ");
        for (int lane = 0; lane < WARP; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                int last = lane;
                while (last + 1 < WARP && (lanes >>> last + 1 & 1) != 0) {
                    last++;
                }
                ranges.add(last == lane ? "" + lane : lane + "-" + last);
                lane = last;
            }
        }
        return (Integer.bitCount(lanes) == 1 ? "lane " : "lanes ") + ranges + " of warp " + warp;
    }

    /** {@code thread 37 (warp 1 lane 5) of block 2}. */
    static String thread(int thread, int block) {
        return "thread " + thread + " (warp " + thread / WARP + " lane " + thread % WARP + ") of block " + block;
    }

    /** {@code shared address 0x40}. */
    static String place(MemorySpace space, long address) {
        return space.name().toLowerCase(Locale.ROOT) + " address 0x" + Long.toHexString(address);
    }
}
