package dev.panacea.runtime.simulator.checks;

import java.util.Arrays;

/**
 * How often one request must pass over the 32 banks of 4 bytes. Accesses of 8 and 16 bytes go in halves and quarters of a warp;
 * lanes of one pass that want the same word share it; different words of one bank take a pass each.
 */
final class Banks {
    private static final int COUNT = 32;
    private static final int WORD = 4;

    private final int[] depth = new int[COUNT];
    private final long[] words = new long[COUNT * COUNT];

    /** Passes of the lanes' accesses of {@code bytes}, a power of two up to 32. */
    int wavefronts(long[] addresses, int lanes, int bytes) {
        int together = together(bytes);
        int sum = 0;
        for (int first = 0; first < Lanes.WARP; first += together) {
            int part = part(lanes, first, together);
            sum += part == 0 ? 0 : passes(addresses, part, bytes);
        }
        return sum;
    }

    /** Passes that these lanes would need if no two wanted different words of one bank. */
    static int leastWavefronts(int lanes, int bytes) {
        int together = together(bytes);
        int sum = 0;
        for (int first = 0; first < Lanes.WARP; first += together) {
            sum += part(lanes, first, together) == 0 ? 0 : 1;
        }
        return sum;
    }

    private static int together(int bytes) {
        return COUNT * WORD / Math.max(bytes, WORD);
    }

    private static int part(int lanes, int first, int together) {
        return lanes & (int) ((1L << together) - 1 << first);
    }

    private int passes(long[] addresses, int lanes, int bytes) {
        Arrays.fill(depth, 0);
        int deepest = 1;
        for (int left = lanes; left != 0; left = Lanes.rest(left)) {
            long address = addresses[Lanes.first(left)];
            for (long word = address / WORD; word <= (address + bytes - 1) / WORD; word++) {
                deepest = Math.max(deepest, want(word));
            }
        }
        return deepest;
    }

    private int want(long word) {
        int bank = (int) word & COUNT - 1;
        for (int i = 0; i < depth[bank]; i++) {
            if (words[bank * COUNT + i] == word) {
                return depth[bank];
            }
        }
        words[bank * COUNT + depth[bank]] = word;
        return ++depth[bank];
    }
}
