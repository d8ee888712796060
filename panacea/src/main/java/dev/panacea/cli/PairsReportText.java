package dev.panacea.cli;

import dev.panacea.data.DataReport;
import dev.panacea.data.PreferenceSet;

/** A report on preference pairs for people. */
final class PairsReportText {
    private PairsReportText() { }

    static String of(DataReport report) {
        StringBuilder text = new StringBuilder("pairs      " + report.pairs() + ", in " + report.conflicts()
            + " of them two dimensions prefer different responses\n");
        for (PreferenceSet.DimensionCount count : report.counts()) {
            text.append(String.format(
                "  %-20s judged %d, response 0 better in %d%n", count.dimension(), count.judged(), count.firstBetter()));
        }
        text.append('\n').append(LengthText.of("prompts", report.promptLengths(), "characters"));
        text.append('\n').append(LengthText.of("responses", report.responseLengths(), "characters"));
        report.examples().forEach(example -> text.append('\n').append(example));
        return text.toString();
    }
}
