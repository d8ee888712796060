package dev.panacea.runtime.simulator.checks;

/**
 * What cp.async brought to shared memory.
 *
 * @param bytes written there
 * @param groups committed by warps, empty ones too
 * @param greatestInFlight groups of one thread that were under way at once, at most
 */
public record AsyncTraffic(long bytes, long groups, int greatestInFlight) {
    static final AsyncTraffic NONE = new AsyncTraffic(0, 0, 0);

    public AsyncTraffic plus(AsyncTraffic other) {
        return new AsyncTraffic(bytes + other.bytes, groups + other.groups, Math.max(greatestInFlight, other.greatestInFlight));
    }
}
