package dev.panacea.transformer.tokenizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How often each piece occurs that GPT-2's byte-level pre-tokenizer cuts a text into; merges never cross such pieces. */
final class WordCounts {
    /** Contractions; a word, a number or a run of signs, each with the space before it; white space. */
    private static final Pattern PIECE = Pattern.compile(
        "'(?:[stmd]|re|ve|ll)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private WordCounts() { }

    /** Counts over all texts, in the order of first occurrence. Special tokens are cut out first. */
    static Map<String, Long> of(Iterable<String> texts, List<String> specialTokens) {
        Map<String, Long> counts = new LinkedHashMap<>();
        Pattern special = Pattern.compile(specialTokens.stream().map(Pattern::quote).collect(Collectors.joining("|")));
        for (String text : texts) {
            for (String part : specialTokens.isEmpty() ? new String[] {text} : special.split(text)) {
                Matcher piece = PIECE.matcher(part);
                while (piece.find()) {
                    counts.merge(piece.group(), 1L, Long::sum);
                }
            }
        }
        return counts;
    }
}
