package dev.panacea.training.plan;

import dev.panacea.autograd.Recomputation;
import java.util.List;

/**
 * How much one forward and backward pass has in hand.
 *
 * @param rows tokens read, asked being those of them that are asked for their next token
 * @param sequences they stand in, longest being the rows of the longest
 * @param preferences different λ among them, dimensions being the entries of each
 * @param referenceRows rows of the whole data whose reference log-probability is kept; 0 under SFT
 * @param adapters held, one of them being trained in a step; 0 for the base model alone
 * @param recomputation whether blocks are recomputed in the backward
 * @param threads that kernels take scratch memory for, on the host
 */
public record StepExtent(int rows, int asked, int sequences, int longest, int preferences, int dimensions, long referenceRows,
                         int adapters, Recomputation recomputation, int threads) {

    /** @throws IllegalArgumentException when an extent is not positive */
    public StepExtent {
        if (Math.min(Math.min(rows, asked), Math.min(sequences, longest)) < 1 || Math.min(preferences, dimensions) < 1
            || threads < 1 || referenceRows < 0 || adapters < 0) {
            throw new IllegalArgumentException("a step needs rows, sequences, preferences, dimensions and threads: "
                + List.of(rows, asked, sequences, longest, preferences, dimensions, adapters, threads, referenceRows));
        }
    }
}
