package dev.panacea.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A hypervolume and its standard error; the error is 0 where the value is exact.
 */
public record HypervolumeEstimate(double value, double standardError) {

    /** Enough for a relative error near 1/1000 where the front fills a tenth or more of its box. */
    public static final int DEFAULT_SAMPLES = 1_000_000;

    private static final long SEED = 0x48797065L;

    /** Exact for up to {@link Hypervolume#EXACT_DIMENSIONS} objectives, else estimated from {@link #DEFAULT_SAMPLES} points. */
    public static HypervolumeEstimate of(double[][] vectors, double[] reference) {
        return reference.length <= Hypervolume.EXACT_DIMENSIONS
            ? new HypervolumeEstimate(Hypervolume.exact(vectors, reference), 0)
            : sampled(vectors, reference, DEFAULT_SAMPLES, SEED);
    }

    /** The share of {@code samples} uniform points that some vector dominates, times the volume of the box around the front. */
    public static HypervolumeEstimate sampled(double[][] vectors, double[] reference, int samples, long seed) {
        double[][] gains = Hypervolume.gains(vectors, reference);
        if (gains.length == 0) {
            return new HypervolumeEstimate(0, 0);
        }
        double[] sides = new double[reference.length];
        Arrays.setAll(sides, i -> Arrays.stream(gains).mapToDouble(gain -> gain[i]).max().orElseThrow());
        SplittableRandom random = new SplittableRandom(seed);
        double[] point = new double[sides.length];
        int hits = 0;
        for (int sample = 0; sample < samples; sample++) {
            Arrays.setAll(point, i -> sides[i] * random.nextDouble());
            hits += Arrays.stream(gains).anyMatch(gain -> ObjectiveVectors.covers(gain, point)) ? 1 : 0;
        }
        double box = Arrays.stream(sides).reduce(1, (a, b) -> a * b);
        double share = (double) hits / samples;
        return new HypervolumeEstimate(box * share, box * Math.sqrt(share * (1 - share) / samples));
    }
}
