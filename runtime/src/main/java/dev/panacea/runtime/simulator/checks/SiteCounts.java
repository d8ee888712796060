package dev.panacea.runtime.simulator.checks;

/** Sums for each instruction of a kernel, in one array. */
final class SiteCounts {
    static final int WARPS = 0;
    static final int THREADS = 1;
    static final int LOADS = 2;
    static final int STORES = 3;
    static final int ATOMICS = 4;
    static final int SECTORS = 5;
    static final int GLOBAL_BYTES = 6;
    static final int SHARED_REQUESTS = 7;
    static final int WAVEFRONTS = 8;
    static final int LEAST_WAVEFRONTS = 9;
    static final int SHARED_BYTES = 10;
    static final int LOCAL_BYTES = 11;
    static final int ATOMIC_LANES = 12;
    static final int DIVERGED = 13;
    private static final int KINDS = 14;

    private final long[] sums;

    SiteCounts(int sites) {
        sums = new long[Math.multiplyExact(sites, KINDS)];
    }

    void add(int site, int kind, long amount) {
        sums[site * KINDS + kind] += amount;
    }

    long get(int site, int kind) {
        return sums[site * KINDS + kind];
    }

    void add(SiteCounts other) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
        }
    }
}
