package dev.panacea.runtime;

/**
 * A device's memory at one moment, in bytes.
 *
 * @param held by open scopes
 * @param peak most ever held at once since the last {@link Device#resetPeak()}
 * @param reserved taken from the driver or operating system: held, kept for reuse, and rounding
 * @param free kept for reuse and free now
 * @param largestFree the largest piece of {@code free}
 */
public record MemoryUse(long held, long peak, long reserved, long free, long largestFree) {

    /** Share of the free bytes that lies outside of the largest free piece, in [0, 1]. */
    public double fragmentation() {
        return free == 0 ? 0 : 1 - (double) largestFree / free;
    }

    @Override
    public String toString() {
        return held + " bytes held (at most " + peak + "), " + reserved + " reserved, of which " + free + " free, "
            + largestFree + " of them in one piece";
    }
}
