package dev.panacea.objective;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.data.MicroBatches;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.Projector;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Log-probability of every token of every pair under the reference policy, which is the model itself with its adapter off: computed
 * once, before training, and kept on the host, as a step needs those of its own pairs alone. Kept by token, because the difference of
 * two policies' tokens loses no digits to the size of their sums.
 */
public final class ReferenceLogProbs {
    private final TokenizedPairs pairs;
    private final float[][] ofItem;

    private ReferenceLogProbs(TokenizedPairs pairs) {
        this.pairs = pairs;
        ofItem = new float[pairs.size()][];
    }

    /** Zeros in their place, where only memory is asked for. */
    static ReferenceLogProbs onPaper(TokenizedPairs pairs) {
        ReferenceLogProbs reference = new ReferenceLogProbs(pairs);
        for (int item = 0; item < pairs.size(); item++) {
            reference.ofItem[item] = new float[PairBatch.rows(pairs, item)];
        }
        return reference;
    }

    /**
     * One forward pass over all pairs.
     *
     * @param memory every pass's scope opens inside it
     * @param progress is told how many pairs each pass finished
     */
    public static ReferenceLogProbs compute(MemoryScope memory, LlamaModel model, TokenizedPairs pairs, int tokenBudget,
                                            IntConsumer progress) {
        ReferenceLogProbs reference = new ReferenceLogProbs(pairs);
        var parts = new MicroBatches(item -> PairBatch.rows(pairs, item), pairs::id)
            .split(IntStream.range(0, pairs.size()).toArray(), tokenBudget, MicroBatches.Order.AS_GIVEN);
        for (int[] items : parts) {
            try (MemoryScope work = memory.child("reference pass")) {
                Tape tape = Tape.withoutGradients(model.kernels(), work);
                Pass pass = PairBatch.of(pairs, items).on(work);
                reference.store(items, ResponseBatch.logProbs(tape, model, pass, Projector.BASE, Recomputation.OFF).toFloats());
            }
            progress.accept(items.length);
        }
        return reference;
    }

    private void store(int[] items, float[] logProb) {
        int from = 0;
        for (int item : items) {
            int to = from + PairBatch.rows(pairs, item);
            ofItem[item] = Arrays.copyOfRange(logProb, from, to);
            from = to;
        }
    }

    /** The values for a batch of these pairs, in its rows' order. */
    float[] of(int[] items) {
        float[] batch = new float[IntStream.of(items).map(item -> ofItem[item].length).sum()];
        int to = 0;
        for (int item : items) {
            System.arraycopy(ofItem[item], 0, batch, to, ofItem[item].length);
            to += ofItem[item].length;
        }
        return batch;
    }
}
