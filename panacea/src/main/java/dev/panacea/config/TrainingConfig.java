package dev.panacea.config;

import dev.panacea.autograd.Recomputation;

/**
 * The loop.
 *
 * @param batch items (pairs, demonstrations) a step
 * @param tokenBudget most tokens in one forward pass; a larger batch is accumulated from several
 * @param checkpointEvery steps between checkpoints
 * @param keepCheckpoints how many of the newest checkpoints stay
 * @param recomputation what of a block the backward computes again instead of finding it in memory
 * @param capture whether steps whose shape comes again are captured and replayed, where the device can
 */
public record TrainingConfig(long steps, int batch, int tokenBudget, long checkpointEvery, int keepCheckpoints,
                             Recomputation recomputation, boolean capture) {

    public TrainingConfig {
        if (steps < 1 || batch < 1 || tokenBudget < 1 || checkpointEvery < 1 || keepCheckpoints < 1) {
            throw new IllegalArgumentException("steps, batch, token_budget, checkpoint_every and keep_checkpoints must be at least 1");
        }
    }

    /** The same for one step of {@code items}. */
    public TrainingConfig once(int items) {
        return new TrainingConfig(1, items, tokenBudget, checkpointEvery, keepCheckpoints, recomputation, capture);
    }

    static TrainingConfig defaults() {
        return new TrainingConfig(200, 16, 8192, 50, 2, Recomputation.OFF, true);
    }
}
