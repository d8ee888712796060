package dev.panacea.bench;

import java.util.Arrays;

/** Repeated timings of one thing, in milliseconds: the median, and the times that a fifth of all lie below and above. */
public record Spread(double median, double p20, double p80) {

    public static Spread ofNanos(long[] nanos) {
        return ofMilliseconds(Arrays.stream(nanos).mapToDouble(time -> time * 1e-6).toArray());
    }

    /** @throws IllegalArgumentException when there are none */
    public static Spread ofMilliseconds(double[] times) {
        if (times.length == 0) {
            throw new IllegalArgumentException("no timing has no median");
        }
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return new Spread(at(sorted, 0.5), at(sorted, 0.2), at(sorted, 0.8));
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }
}
