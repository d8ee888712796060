package dev.panacea.data;

import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * What is in a preference set, for a person to look at. Lengths are in characters.
 *
 * @param conflicts pairs in which two dimensions prefer different responses
 * @param examples some pairs as text
 */
public record DataReport(int pairs, List<PreferenceSet.DimensionCount> counts, int conflicts, LengthHistogram promptLengths,
    LengthHistogram responseLengths, List<String> examples) {

    private static final int BINS = 10;
    private static final int LONGEST_SHOWN = 600;

    /** A report on {@code set}, which must not be empty, with {@code examples} pairs drawn by {@code seed}. */
    public static DataReport of(PreferenceSet set, int examples, long seed) {
        return new DataReport(set.size(), set.counts(), set.conflicts(),
            lengths(set.pairs().stream().map(PreferencePair::prompt), String::length),
            lengths(set.pairs().stream().flatMap(pair -> Stream.of(pair.response0(), pair.response1())), String::length),
            set.subset(examples, seed).pairs().stream().map(pair -> show(set.dimensions(), pair)).toList());
    }

    private static LengthHistogram lengths(Stream<String> texts, ToIntFunction<String> length) {
        return LengthHistogram.of(texts.mapToInt(length).toArray(), BINS);
    }

    /** A pair as lines of text: where it is from, prompt, and each response under the dimensions that prefer it. */
    public static String show(List<String> dimensions, PreferencePair pair) {
        return pair.id() + "\n  prompt\n" + indented(pair.prompt())
            + "\n  response 0" + preferredBy(dimensions, pair, 1) + "\n" + indented(pair.response0())
            + "\n  response 1" + preferredBy(dimensions, pair, -1) + "\n" + indented(pair.response1()) + "\n";
    }

    private static String preferredBy(List<String> dimensions, PreferencePair pair, int label) {
        StringBuilder names = new StringBuilder();
        for (int d = 0; d < dimensions.size(); d++) {
            if (pair.label(d) == label) {
                names.append(names.isEmpty() ? ", better: " : ", ").append(dimensions.get(d));
            }
        }
        return names.toString();
    }

    /** Cut where long; control characters, which could command a terminal, become visible blanks. */
    private static String indented(String text) {
        String shown = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
        return "    " + shown.strip().replaceAll("[\\p{Cntrl}&&[^\n]]", "␣").replace("\n", "\n    ");
    }
}
