package dev.panacea.runtime.simulator.checks;

/**
 * What a set of instructions asks of shared memory.
 *
 * @param requests instructions that warps executed
 * @param wavefronts passes over the 32 banks that they take
 * @param leastWavefronts passes that accesses of that width take without bank conflicts
 * @param bytes that lanes asked for
 */
public record SharedTraffic(long requests, long wavefronts, long leastWavefronts, long bytes) {
    static final SharedTraffic NONE = new SharedTraffic(0, 0, 0, 0);

    public SharedTraffic plus(SharedTraffic other) {
        return new SharedTraffic(requests + other.requests, wavefronts + other.wavefronts, leastWavefronts + other.leastWavefronts,
            bytes + other.bytes);
    }

    /** Passes that are due to bank conflicts alone. */
    public long conflicts() {
        return wavefronts - leastWavefronts;
    }

    /** 0 without requests. */
    public double conflictsPerRequest() {
        return Ratio.of(conflicts(), requests);
    }
}
