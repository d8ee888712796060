package dev.panacea.objective;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.data.MicroBatches;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.RowProjector;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Log-probability of every token of every pair under the reference policy, which is the model itself with its adapter off:
 * computed once, before training. Kept by token, because the difference of two policies' tokens loses no digits to the size of
 * their sums.
 */
public final class ReferenceLogProbs {
    private final TokenizedPairs pairs;
    private final long[] offsets;
    private final Buffer values;

    private ReferenceLogProbs(MemoryScope scope, TokenizedPairs pairs) {
        this.pairs = pairs;
        offsets = new long[pairs.size() + 1];
        for (int item = 0; item < pairs.size(); item++) {
            offsets[item + 1] = offsets[item] + PairBatch.rows(pairs, item);
        }
        values = scope.allocate("reference log-probabilities", DType.F32, offsets[pairs.size()]);
    }

    /** Memory for them, which nobody fills. */
    static ReferenceLogProbs onPaper(MemoryScope scope, TokenizedPairs pairs) {
        return new ReferenceLogProbs(scope, pairs);
    }

    /**
     * One forward pass over all pairs.
     *
     * @param scope holds the result
     * @param progress is told how many pairs each pass finished
     */
    public static ReferenceLogProbs compute(MemoryScope scope, LlamaModel model, TokenizedPairs pairs, int tokenBudget,
                                            IntConsumer progress) {
        ReferenceLogProbs reference = new ReferenceLogProbs(scope, pairs);
        var parts = new MicroBatches(item -> PairBatch.rows(pairs, item), pairs::id)
            .split(IntStream.range(0, pairs.size()).toArray(), tokenBudget, MicroBatches.Order.AS_GIVEN);
        for (int[] items : parts) {
            try (MemoryScope work = scope.child("reference pass")) {
                Tape tape = Tape.withoutGradients(model.kernels(), work);
                Tensor logProb = PairBatch.of(pairs, items).logProbs(tape, model, RowProjector.BASE, Recomputation.OFF);
                reference.store(items, logProb.buffer());
            }
            progress.accept(items.length);
        }
        return reference;
    }

    private void store(int[] items, Buffer logProb) {
        long from = 0;
        for (int item : items) {
            Buffer own = of(item);
            own.copyFrom(logProb.slice(from, own.count()));
            from += own.count();
        }
    }

    /** The values for a batch of these pairs, in its rows' order. */
    Buffer of(MemoryScope scope, int[] items) {
        long rows = IntStream.of(items).mapToLong(item -> offsets[item + 1] - offsets[item]).sum();
        Buffer batch = scope.allocate("reference log-probabilities", DType.F32, rows);
        long to = 0;
        for (int item : items) {
            Buffer own = of(item);
            batch.slice(to, own.count()).copyFrom(own);
            to += own.count();
        }
        return batch;
    }

    private Buffer of(int item) {
        return values.slice(offsets[item], offsets[item + 1] - offsets[item]);
    }
}
