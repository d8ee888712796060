package dev.panacea.transformer.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import dev.panacea.transformer.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairTrainerTest {

    @Test
    void learnsWhatCountingAnewLearns() {
        for (long seed = 0; seed < 5; seed++) {
            List<String> texts = randomTexts(new Random(seed));
            BytePairVocabulary learnt = BytePairTrainer.train(texts, 330, List.of("<s>"));
            assertEquals(countingAnew(texts, List.of("<s>"), 330), learnt.merges(), "seed " + seed);
        }
    }

    @Test
    void stopsWhenNoPairOccursTwice() {
        BytePairVocabulary vocabulary = BytePairTrainer.train(List.of("abab cd"), 1000, List.of());
        assertEquals(List.of(new BytePairVocabulary.Merge('a', 'b')), vocabulary.merges());
        assertEquals(257, vocabulary.size());
    }

    @Test
    void keepsSpecialTokensOutOfTheMerges(@TempDir Path folder) {
        BytePairVocabulary vocabulary = BytePairTrainer.train(List.of("<s>aa<s>aa<s>"), 400, List.of("<s>", "</s>"));
        assertEquals(List.of(new BytePairVocabulary.Merge(2 + 'a', 2 + 'a')), vocabulary.merges());
        Path file = folder.resolve("tokenizer.json");
        vocabulary.write(file, Optional.of("<s>"));
        try (Tokenizer tokenizer = Tokenizer.load(file)) {
            assertArrayEquals(new int[] {0, 258, 1}, tokenizer.encode("aa</s>", true));
            assertArrayEquals(new int[] {258, 1}, tokenizer.encode("aa</s>", false));
            assertEquals("aa", tokenizer.decode(new int[] {0, 258, 1}, true));
            assertEquals(OptionalInt.of(1), tokenizer.idOf("</s>"));
            assertEquals(259, tokenizer.vocabularySize());
        }
    }

    @Test
    void givesTheTrainedTextBackThroughTheNativeLibrary(@TempDir Path folder) throws IOException {
        String text = Files.readString(Fixtures.path("corpora/tinyshakespeare.txt"));
        BytePairVocabulary vocabulary = BytePairTrainer.train(List.of(text), 2048, List.of("<|begin|>", "<|end|>"));
        assertEquals(2048, vocabulary.size());
        Path file = folder.resolve("tokenizer.json");
        vocabulary.write(file, Optional.empty());
        try (Tokenizer tokenizer = Tokenizer.load(file)) {
            int[] ids = tokenizer.encode(text, true);
            assertEquals(text, tokenizer.decode(ids, false));
            assertTrue(ids.length < text.length() / 2.5, "each token stands for more than 2.5 characters: " + ids.length);
            String strange = "naïve 你好 😀 \u0000\r\n\t 'tis   12345 ";
            assertEquals(strange, tokenizer.decode(tokenizer.encode(strange, false), false));
        }
    }

    @Test
    void refusesWhatCannotBe() {
        assertThrows(BadInputException.class, () -> BytePairTrainer.train(List.of("x"), 256, List.of("<s>")));
        assertThrows(BadInputException.class, () -> BytePairTrainer.train(List.of("x"), 300, List.of("<s>", "<s>")));
        assertThrows(BadInputException.class, () -> BytePairTrainer.train(List.of("x"), 300, List.of("")));
    }

    private static List<String> randomTexts(Random random) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = 0; j < 60; j++) {
                text.append("aaab  é1'".charAt(random.nextInt(9)));
            }
            texts.add(text + (i % 3 == 0 ? "<s>" : "") + "ab");
        }
        return texts;
    }

    /** The definition: count all neighbours of all words, join the most frequent (then smallest) pair, begin again. */
    private static List<BytePairVocabulary.Merge> countingAnew(List<String> texts, List<String> special, int size) {
        Map<String, Long> counts = WordCounts.of(texts, special);
        Map<String, List<Integer>> words = new HashMap<>();
        counts.keySet().forEach(word -> {
            List<Integer> tokens = new ArrayList<>();
            for (int value : ByteAlphabet.bytes(word)) {
                tokens.add(value + special.size());
            }
            words.put(word, tokens);
        });
        List<BytePairVocabulary.Merge> merges = new ArrayList<>();
        for (int id = 256 + special.size(); id < size; id++) {
            BytePairVocabulary.Merge best = mostFrequent(words, counts);
            if (best == null) {
                break;
            }
            merges.add(best);
            for (List<Integer> tokens : words.values()) {
                join(tokens, best, id);
            }
        }
        return merges;
    }

    private static BytePairVocabulary.Merge mostFrequent(Map<String, List<Integer>> words, Map<String, Long> counts) {
        Map<BytePairVocabulary.Merge, Long> pairs = new HashMap<>();
        words.forEach((word, tokens) -> {
            for (int i = 1; i < tokens.size(); i++) {
                pairs.merge(new BytePairVocabulary.Merge(tokens.get(i - 1), tokens.get(i)), counts.get(word), Long::sum);
            }
        });
        BytePairVocabulary.Merge best = null;
        long most = 1;
        for (Map.Entry<BytePairVocabulary.Merge, Long> pair : pairs.entrySet()) {
            boolean smaller = best != null && (pair.getKey().left() < best.left()
                || pair.getKey().left() == best.left() && pair.getKey().right() < best.right());
            if (pair.getValue() > most || pair.getValue() == most && smaller) {
                best = pair.getKey();
                most = pair.getValue();
            }
        }
        return best;
    }

    private static void join(List<Integer> tokens, BytePairVocabulary.Merge pair, int id) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (tokens.get(i) == pair.left() && tokens.get(i + 1) == pair.right()) {
                tokens.set(i, id);
                tokens.remove(i + 1);
            }
        }
    }
}
