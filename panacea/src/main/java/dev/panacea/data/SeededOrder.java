package dev.panacea.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Permutations and choices that a seed fixes for good. */
final class SeededOrder {

    private SeededOrder() { }

    /** 0 … n-1, shuffled (Fisher-Yates). */
    static int[] permutation(int n, long seed) {
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        SplitMix random = new SplitMix(seed);
        for (int i = n - 1; i > 0; i--) {
            int j = random.below(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    static <T> List<T> choose(List<T> items, int count, long seed) {
        if (count < 0) {
            throw new IllegalArgumentException("a count is not negative: " + count);
        }
        int[] chosen = Arrays.copyOf(permutation(items.size(), seed), Math.min(count, items.size()));
        Arrays.sort(chosen);
        List<T> kept = new ArrayList<>(chosen.length);
        for (int i : chosen) {
            kept.add(items.get(i));
        }
        return kept;
    }
}
