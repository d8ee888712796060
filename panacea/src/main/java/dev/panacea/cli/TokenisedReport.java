package dev.panacea.cli;

import dev.panacea.data.LengthHistogram;
import dev.panacea.data.arrow.ArrowTable;
import dev.panacea.data.tokenized.TokenizedDemonstrations;
import dev.panacea.data.tokenized.TokenizedHeader;
import dev.panacea.data.tokenized.TokenizedPairs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * What is in a tokenised file. Lengths are in tokens.
 *
 * @param kind pairs or demonstrations
 */
record TokenisedReport(String kind, int rows, TokenizedHeader header, List<Dimension> dimensions, LengthHistogram promptLengths,
                       LengthHistogram responseLengths) {
    private static final int BINS = 10;

    /** @param firstBetter how many prefer response 0; all of them for demonstrations */
    record Dimension(String name, int rows, int firstBetter) { }

    static TokenisedReport of(Path file) {
        String kind;
        try (ArrowTable table = ArrowTable.open(file)) {
            kind = table.metadata().get("panacea.kind");
        }
        if (Objects.equals(kind, "demonstrations")) {
            try (TokenizedDemonstrations demonstrations = TokenizedDemonstrations.open(file)) {
                return of(kind, demonstrations);
            }
        }
        try (TokenizedPairs pairs = TokenizedPairs.open(file)) {
            return of("pairs", pairs);
        }
    }

    private static TokenisedReport of(String kind, TokenizedPairs pairs) {
        List<Dimension> dimensions = new ArrayList<>();
        for (int d = 0; d < pairs.header().dimensions().size(); d++) {
            int[] labels = new int[pairs.size()];
            for (int row = 0; row < labels.length; row++) {
                labels[row] = pairs.label(row, d);
            }
            dimensions.add(new Dimension(pairs.header().dimensions().get(d), count(labels, 1) + count(labels, -1), count(labels, 1)));
        }
        return new TokenisedReport(kind, pairs.size(), pairs.header(), dimensions, lengths(pairs.size(), pairs::promptLength),
            lengths(2 * pairs.size(), i -> pairs.responseLength(i / 2, i % 2)));
    }

    private static TokenisedReport of(String kind, TokenizedDemonstrations shown) {
        int[] of = IntStream.range(0, shown.size()).map(shown::dimension).toArray();
        List<String> names = shown.header().dimensions();
        List<Dimension> dimensions = IntStream.range(0, names.size())
            .mapToObj(d -> new Dimension(names.get(d), count(of, d), count(of, d))).toList();
        return new TokenisedReport(kind, shown.size(), shown.header(), dimensions, lengths(shown.size(), shown::promptLength),
            lengths(shown.size(), shown::responseLength));
    }

    private static int count(int[] values, int value) {
        return (int) Arrays.stream(values).filter(each -> each == value).count();
    }

    private static LengthHistogram lengths(int count, IntUnaryOperator length) {
        return LengthHistogram.of(IntStream.range(0, count).map(length).toArray(), BINS);
    }

    String text() {
        StringBuilder text = new StringBuilder(String.format("%-11s%d%n", kind, rows));
        for (Dimension dimension : dimensions) {
            text.append(String.format("  %-20s %d", dimension.name, dimension.rows));
            text.append(kind.equals("pairs") ? ", response 0 better in " + dimension.firstBetter + "\n" : "\n");
        }
        text.append(String.format("tokenizer  %s…, %d ids%n", header.vocabulary().tokenizer().substring(0, Math.min(12,
            header.vocabulary().tokenizer().length())), header.vocabulary().size()));
        text.append(String.format("limits     %d tokens a prompt, %d a response%n", header.limits().prompt(), header.limits().response()));
        text.append('\n').append(LengthText.of("prompts", promptLengths, "tokens"));
        return text.append('\n').append(LengthText.of("responses", responseLengths, "tokens")).toString();
    }
}
