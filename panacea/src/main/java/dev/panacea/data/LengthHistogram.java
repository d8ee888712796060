package dev.panacea.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long things are, in whatever unit they were measured. Quantiles are lengths that occur (nearest rank).
 *
 * @param bins of equal width from the shortest to the longest
 */
public record LengthHistogram(int count, int shortest, int median, int p90, int p99, int longest, double mean, List<Bin> bins) {

    /** {@code count} lengths from {@code from} to {@code to}, both inclusive. */
    public record Bin(int from, int to, int count) { }

    public LengthHistogram {
        bins = List.copyOf(bins);
    }

    /** At most {@code bins} bins; fewer when the lengths are close together. */
    public static LengthHistogram of(int[] lengths, int bins) {
        if (lengths.length == 0 || bins < 1) {
            throw new IllegalArgumentException(bins + " bins for " + lengths.length + " lengths");
        }
        int[] sorted = lengths.clone();
        Arrays.sort(sorted);
        return new LengthHistogram(sorted.length, sorted[0], quantile(sorted, 50), quantile(sorted, 90), quantile(sorted, 99),
            sorted[sorted.length - 1], Arrays.stream(sorted).average().getAsDouble(), binned(sorted, bins));
    }

    private static int quantile(int[] sorted, int percent) {
        return sorted[(int) Math.ceilDiv((long) sorted.length * percent, 100) - 1];
    }

    private static List<Bin> binned(int[] sorted, int bins) {
        int shortest = sorted[0];
        long span = (long) sorted[sorted.length - 1] - shortest + 1;
        int width = (int) Math.ceilDiv(span, bins);
        int[] counts = new int[(int) Math.ceilDiv(span, width)];
        for (int length : sorted) {
            counts[(length - shortest) / width]++;
        }
        List<Bin> list = new ArrayList<>();
        for (int b = 0; b < counts.length; b++) {
            int from = shortest + b * width;
            list.add(new Bin(from, Math.min(from + width - 1, sorted[sorted.length - 1]), counts[b]));
        }
        return list;
    }
}
