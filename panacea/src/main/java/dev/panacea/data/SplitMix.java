package dev.panacea.data;

/**
 * SplitMix64 (Steele, Lea and Flood 2014). Written out, because the JDK promises no fixed sequence for its generators' bounded
 * draws, and the order of training must outlive a JDK.
 */
final class SplitMix {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    SplitMix(long seed) {
        state = mix(seed);
    }

    static long mix(long x) {
        long z = x + GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The upper 53 bits as a number in [0, 1). */
    static double unit(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }

    private long next() {
        long z = mix(state);
        state += GOLDEN_GAMMA;
        return z;
    }

    /** A number in [0, bound); its bias, below 2⁻³², is of no account here. */
    int below(int bound) {
        return (int) Math.unsignedMultiplyHigh(next(), bound);
    }
}
