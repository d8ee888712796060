package dev.panacea.cli;

import dev.panacea.preference.Preference;
import dev.panacea.run.Summary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A summary for people: a row for each preference, then what holds of the whole front. */
final class SummaryTable {
    private static final int COLUMN = 14;

    private SummaryTable() { }

    static String of(Summary summary) {
        StringBuilder text = new StringBuilder();
        row(text, heads(summary));
        for (int i = 0; i < summary.lambdaGrid().size(); i++) {
            row(text, cells(summary, i));
        }
        text.append('\n');
        fact(text, "hypervolume", number(summary.hypervolume()) + ", base model " + number(summary.hypervolumeBase())
            + (summary.hypervolumeFixedLambda() == null ? "" : ", one λ alone " + number(summary.hypervolumeFixedLambda()))
            + ", above " + numbers(summary.referencePoint()));
        fact(text, "Kendall τ of J against λ", numbers(summary.kendall()));
        fact(text, "mean ⟨λ, J⟩", number(summary.innerProduct()));
        fact(text, "sparsity, spacing", number(summary.sparsity()) + ", " + number(summary.spacing()));
        fact(text, "training", String.format(Locale.ROOT, "%s on %s in %s, %.0f tokens/s", Pace.clock(summary.seconds()), summary.device(),
            summary.precision(), summary.tokensPerSecond()));
        return text.toString();
    }

    private static List<String> heads(Summary summary) {
        List<String> heads = new ArrayList<>(List.of("λ"));
        summary.dimensions().forEach(name -> heads.add("loss " + name));
        if (hasPairs(summary)) {
            summary.dimensions().forEach(name -> heads.add("acc. " + name));
        }
        return heads;
    }

    private static List<String> cells(Summary summary, int point) {
        List<String> cells = new ArrayList<>(List.of(weights(summary.lambdaGrid().get(point))));
        Arrays.stream(summary.loss().get(point)).forEach(value -> cells.add(number(value)));
        if (hasPairs(summary)) {
            Arrays.stream(summary.accuracy().get(point)).forEach(value -> cells.add(String.format(Locale.ROOT, "%.1f %%", 100 * value)));
        }
        return cells;
    }

    private static boolean hasPairs(Summary summary) {
        return summary.accuracy().getFirst().length > 0;
    }

    private static void row(StringBuilder text, List<String> cells) {
        IntStream.range(0, cells.size()).forEach(i ->
            text.append(String.format(i == 0 ? "%-" + COLUMN + "s" : "  %" + COLUMN + "s", cells.get(i))));
        text.append('\n');
    }

    private static void fact(StringBuilder text, String what, String value) {
        text.append(String.format("%-26s%s%n", what, value));
    }

    private static String weights(Preference preference) {
        return Arrays.stream(preference.weights()).mapToObj(weight -> String.format(Locale.ROOT, "%.2f", weight))
            .collect(Collectors.joining(", "));
    }

    private static String numbers(double[] values) {
        return Arrays.stream(values).mapToObj(SummaryTable::number).collect(Collectors.joining(", "));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
