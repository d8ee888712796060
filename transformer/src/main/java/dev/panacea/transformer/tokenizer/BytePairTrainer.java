package dev.panacea.transformer.tokenizer;

import dev.panacea.runtime.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns a byte-level BPE vocabulary (Sennrich et al. 2016): again and again the most frequent pair of neighbours becomes a token.
 * Counts are kept up to date word by word, not taken anew. Equal counts are decided by the smaller ids, so the result is a
 * function of the texts alone.
 */
public final class BytePairTrainer {
    /** A pair seen once says nothing about the language. */
    private static final long LEAST_COUNT = 2;

    /** A different word of the texts: its tokens so far and how often it occurs. */
    private static final class Word {
        private int[] tokens;
        private final long count;

        Word(int[] tokens, long count) {
            this.tokens = tokens;
            this.count = count;
        }
    }

    /** A pair of neighbours: how often it occurs, and the words where it did at some time. */
    private static final class Pair {
        private long count;
        private final Set<Word> words = new LinkedHashSet<>();
    }

    /** A pair with a count that may be out of date: counts in the queue only ever exceed the true one. */
    private record Candidate(long pair, long count) { }

    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(
        Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair));

    private BytePairTrainer(Map<String, Long> wordCounts, int firstByte) {
        wordCounts.forEach((text, count) -> {
            int[] tokens = Arrays.stream(ByteAlphabet.bytes(text)).map(value -> firstByte + value).toArray();
            add(new Word(tokens, count), null);
        });
        pairs.forEach((key, pair) -> queue.add(new Candidate(key, pair.count)));
    }

    /**
     * Learns from {@code texts}; special tokens get the first ids and are never split or merged.
     *
     * @param vocabularySize tokens wanted, at least 256 and the special ones; fewer come out when no pair occurs twice any more
     * @throws BadInputException when the size is too small or a special token is empty or given twice
     */
    public static BytePairVocabulary train(Iterable<String> texts, int vocabularySize, List<String> specialTokens) {
        int fixed = ByteAlphabet.SIZE + specialTokens.size();
        if (vocabularySize < fixed) {
            throw new BadInputException("a byte-level vocabulary with " + specialTokens.size() + " special tokens needs at least "
                + fixed + " entries, not " + vocabularySize);
        }
        if (specialTokens.contains("") || new HashSet<>(specialTokens).size() < specialTokens.size()) {
            throw new BadInputException("special tokens must be different and not empty, not " + specialTokens);
        }
        BytePairTrainer trainer = new BytePairTrainer(WordCounts.of(texts, specialTokens), specialTokens.size());
        return new BytePairVocabulary(specialTokens, trainer.merges(fixed, vocabularySize));
    }

    private List<BytePairVocabulary.Merge> merges(int firstId, int endId) {
        List<BytePairVocabulary.Merge> merges = new ArrayList<>();
        for (int id = firstId; id < endId; id++) {
            Candidate best = mostFrequent();
            if (best == null) {
                return merges;
            }
            merges.add(new BytePairVocabulary.Merge(left(best.pair), right(best.pair)));
            merge(best.pair, id);
        }
        return merges;
    }

    private Candidate mostFrequent() {
        for (Candidate top = queue.poll(); top != null; top = queue.poll()) {
            long count = pairs.get(top.pair).count;
            if (top.count == count) {
                return count < LEAST_COUNT ? null : top;
            }
            if (count >= LEAST_COUNT) {
                queue.add(new Candidate(top.pair, count));
            }
        }
        return null;
    }

    private void merge(long key, int id) {
        Set<Long> grown = new HashSet<>();
        for (Word word : pairs.get(key).words) {
            int[] merged = merged(word.tokens, left(key), right(key), id);
            if (merged.length < word.tokens.length) {
                remove(word);
                word.tokens = merged;
                add(word, grown);
            }
        }
        pairs.get(key).words.clear();
        grown.forEach(pair -> queue.add(new Candidate(pair, pairs.get(pair).count)));
    }

    private static int[] merged(int[] tokens, int left, int right, int id) {
        int[] merged = new int[tokens.length];
        int length = 0;
        for (int i = 0; i < tokens.length; i++) {
            boolean match = i + 1 < tokens.length && tokens[i] == left && tokens[i + 1] == right;
            merged[length++] = match ? id : tokens[i];
            i += match ? 1 : 0;
        }
        return Arrays.copyOf(merged, length);
    }

    private void remove(Word word) {
        for (int i = 1; i < word.tokens.length; i++) {
            pairs.get(key(word.tokens[i - 1], word.tokens[i])).count -= word.count;
        }
    }

    /** Counts the pairs of {@code word}; those met in it for the first time join {@code grown}, where that is wanted. */
    private void add(Word word, Set<Long> grown) {
        for (int i = 1; i < word.tokens.length; i++) {
            long key = key(word.tokens[i - 1], word.tokens[i]);
            Pair pair = pairs.computeIfAbsent(key, unused -> new Pair());
            pair.count += word.count;
            if (pair.words.add(word) && grown != null) {
                grown.add(key);
            }
        }
    }

    private static long key(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    private static int left(long key) {
        return (int) (key >>> Integer.SIZE);
    }

    private static int right(long key) {
        return (int) key;
    }
}
