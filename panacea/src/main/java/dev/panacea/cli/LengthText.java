package dev.panacea.cli;

import dev.panacea.data.LengthHistogram;
import java.util.Locale;

/** A histogram of lengths for people: its quantiles on one line, then a bar for each bin. */
final class LengthText {
    private static final int BAR = 40;

    private LengthText() { }

    /** @param unit of the lengths, such as characters */
    static String of(String what, LengthHistogram lengths, String unit) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
            "%s, %s: %d to %d, median %d, mean %.1f, 90 %% at most %d, 99 %% %d%n",
            what, unit, lengths.shortest(), lengths.longest(), lengths.median(), lengths.mean(), lengths.p90(), lengths.p99()));
        int fullest = lengths.bins().stream().mapToInt(LengthHistogram.Bin::count).max().orElse(1);
        for (LengthHistogram.Bin bin : lengths.bins()) {
            String bar = "█".repeat((int) Math.ceilDiv((long) bin.count() * BAR, Math.max(1, fullest)));
            text.append(String.format("  %6d-%-6d %6d %s%n", bin.from(), bin.to(), bin.count(), bar));
        }
        return text.toString();
    }
}
