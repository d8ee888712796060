package dev.panacea.runtime.simulator.checks;

/**
 * One access in a long, never 0: instruction (21 bits), thread of the block (10), whether it writes, whether it is strong, and the
 * epoch of its thread, which counts the points where the thread was ordered with others.
 */
final class Stamp {
    static final int SITES = 1 << 21;
    /** The epoch of a cp.async that nobody has waited for: after everything. */
    static final int UNDER_WAY = (1 << 30) - 1;

    private static final int THREAD = 21;
    private static final long WRITES = 1L << 31;
    private static final long STRONG = 1L << 32;
    private static final int EPOCH = 33;

    private Stamp() { }

    static long of(int epoch, int thread, int site, boolean writes, boolean strong) {
        return (long) epoch << EPOCH | (strong ? STRONG : 0) | (writes ? WRITES : 0) | (long) thread << THREAD | site;
    }

    static int site(long stamp) {
        return (int) stamp & SITES - 1;
    }

    static int thread(long stamp) {
        return (int) (stamp >>> THREAD) & 0x3FF;
    }

    static boolean writes(long stamp) {
        return (stamp & WRITES) != 0;
    }

    static boolean strong(long stamp) {
        return (stamp & STRONG) != 0;
    }

    static int epoch(long stamp) {
        return (int) (stamp >>> EPOCH);
    }

    /** Whether two accesses race if nothing orders them: one writes, and not both are strong. */
    static boolean conflict(long one, long other) {
        return ((one | other) & WRITES) != 0 && (one & other & STRONG) == 0;
    }

    /** Whether whatever conflicts with {@code earlier} conflicts with {@code later} too. */
    static boolean covers(long later, long earlier) {
        return (writes(later) || !writes(earlier)) && (strong(earlier) || !strong(later));
    }
}
