package dev.panacea.bench.step;

import dev.panacea.data.ArrowForm;
import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.data.tokenized.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Pairs of random tokens: as much work as real ones, and none of their licences. */
final class SyntheticPairs {
    private static final List<String> DIMENSIONS = List.of("first", "second");
    private static final int FIRST_ORDINARY = 3;

    private SyntheticPairs() { }

    /** Writes the pairs of one batch to a file that is gone when they are closed. */
    static TokenizedPairs of(ModelShape shape, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        List<PreferencePair> pairs = IntStream.range(0, shape.pairs()).mapToObj(i -> new PreferencePair("pair " + i,
            text(random, shape, shape.promptTokens()), text(random, shape, shape.responseTokens()),
            text(random, shape, shape.responseTokens()), new byte[] {1, (byte) (i % 2 == 0 ? 1 : -1)})).toList();
        int most = 2 * Math.max(shape.promptTokens(), shape.responseTokens());
        Tokenizing tokenizing = new Tokenizing(SyntheticPairs::ids,
            new Vocabulary("numbers", shape.config().vocabularySize(), 1, 2), new TokenLimits(most, most));
        try {
            Path file = Files.createTempFile("panacea-bench", ".arrow");
            try {
                TokenizedPairs.write(new PreferenceSet(DIMENSIONS, pairs), tokenizing, file, ArrowForm.FILE);
                return TokenizedPairs.open(file);
            } finally {
                // the mapping outlives the name
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the benchmark's pairs cannot be written to the temporary folder", e);
        }
    }

    private static String text(RandomGenerator random, ModelShape shape, int tokens) {
        int length = random.nextInt(Math.max(1, tokens / 2), tokens + Math.ceilDiv(tokens, 2));
        return random.ints(length, FIRST_ORDINARY, shape.config().vocabularySize()).mapToObj(Integer::toString)
            .collect(Collectors.joining(" "));
    }

    private static int[] ids(String text) {
        return Pattern.compile(" ").splitAsStream(text).mapToInt(Integer::parseInt).toArray();
    }
}
