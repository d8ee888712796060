package dev.panacea.training.plan;

import dev.panacea.config.TrainingConfig;
import dev.panacea.data.Batching;
import dev.panacea.data.MicroBatches;
import dev.panacea.objective.Objective;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Finds among forward passes those that can hold most: that of the most tokens, of the most that are asked for their next one, of the
 * most items and of the longest one.
 *
 * @param <T> what a pass is known by
 */
public final class HeaviestParts<T> {
    private final List<ToLongFunction<int[]>> measures;
    private final long[] most;
    private final List<T> heaviest;

    private HeaviestParts(Objective objective) {
        measures = List.of(items -> IntStream.of(items).mapToLong(objective::tokens).sum(),
            items -> IntStream.of(items).mapToLong(objective::askedTokens).sum(), items -> items.length,
            items -> IntStream.of(items).mapToLong(objective::tokens).max().orElse(0));
        most = new long[measures.size()];
        heaviest = new ArrayList<>(Collections.nCopies(measures.size(), null));
    }

    private void meet(T what, int[] items) {
        for (int i = 0; i < most.length; i++) {
            long measure = measures.get(i).applyAsLong(items);
            if (measure > most[i]) {
                most[i] = measure;
                heaviest.set(i, what);
            }
        }
    }

    private Set<T> found() {
        return new LinkedHashSet<>(heaviest);
    }

    /** Of training as it is configured: batches depend on the seed alone, so they are known before the first step. */
    public static Set<Long> steps(Objective objective, TrainingConfig training, long seed) {
        Batching batching = new Batching(objective.items(), training.batch(), seed);
        HeaviestParts<Long> parts = new HeaviestParts<>(objective);
        for (long step = 0; step < training.steps(); step++) {
            for (int[] part : split(objective, batching.batch(step), training.tokenBudget(), MicroBatches.Order.LONGEST_FIRST)) {
                parts.meet(step, part);
            }
        }
        return parts.found();
    }

    /** Of going once through {@code items}, as for a reference or an evaluation: the items of each. */
    public static Set<int[]> passes(Objective objective, int[] items, int tokenBudget) {
        HeaviestParts<int[]> parts = new HeaviestParts<>(objective);
        split(objective, items, tokenBudget, MicroBatches.Order.AS_GIVEN).forEach(part -> parts.meet(part, part));
        return parts.found();
    }

    private static List<int[]> split(Objective objective, int[] items, int budget, MicroBatches.Order order) {
        return new MicroBatches(objective::tokens, objective::name).split(items, budget, order);
    }
}
