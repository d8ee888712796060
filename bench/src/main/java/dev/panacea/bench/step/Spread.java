package dev.panacea.bench.step;

import java.util.Arrays;

/** Repeated timings of one thing, in milliseconds: the median, and the times that a fifth of all lie below and above. */
public record Spread(double median, double p20, double p80) {

    static Spread ofNanos(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Spread(at(sorted, 0.5), at(sorted, 0.2), at(sorted, 0.8));
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))] * 1e-6;
    }
}
