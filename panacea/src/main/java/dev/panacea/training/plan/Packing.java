package dev.panacea.training.plan;

import dev.panacea.config.TrainingConfig;
import dev.panacea.data.Batching;
import dev.panacea.data.MicroBatches;
import dev.panacea.objective.Objective;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The most that one forward pass reads of a data set.
 *
 * @param rows tokens of its largest
 * @param asked of the one with most tokens that are asked for their next one
 * @param items of the one with most
 */
public record Packing(int rows, int asked, int items) {

    /** Of training as it is configured: batches depend on the seed alone, so they are known before the first step. */
    public static Packing ofSteps(Objective objective, TrainingConfig training, long seed) {
        Batching batching = new Batching(objective.items(), training.batch(), seed);
        Packing most = new Packing(0, 0, 0);
        for (long step = 0; step < training.steps(); step++) {
            most = most.or(of(objective, batching.batch(step), training.tokenBudget(), MicroBatches.Order.LONGEST_FIRST));
        }
        return most;
    }

    /** Of going once through all items, as for a reference or an evaluation. */
    public static Packing ofPasses(Objective objective, int tokenBudget) {
        return of(objective, IntStream.range(0, objective.items()).toArray(), tokenBudget, MicroBatches.Order.AS_GIVEN);
    }

    private static Packing of(Objective objective, int[] items, int budget, MicroBatches.Order order) {
        List<int[]> parts = new MicroBatches(objective::tokens, objective::name).split(items, budget, order);
        Packing most = new Packing(0, 0, 0);
        for (int[] part : parts) {
            most = most.or(new Packing(IntStream.of(part).map(objective::tokens).sum(),
                IntStream.of(part).map(objective::askedTokens).sum(), part.length));
        }
        return most;
    }

    /** The larger of both, in each respect. */
    public Packing or(Packing other) {
        return new Packing(Math.max(rows, other.rows), Math.max(asked, other.asked), Math.max(items, other.items));
    }
}
