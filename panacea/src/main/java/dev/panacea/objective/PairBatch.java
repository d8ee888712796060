package dev.panacea.objective;

import dev.panacea.data.tokenized.TokenizedPairs;

/** Pairs as packed sequences: responses 0 and 1 of a pair stand one behind the other. */
final class PairBatch {
    private PairBatch() { }

    static HostPass of(TokenizedPairs pairs, int[] items) {
        ResponseBatch batch = new ResponseBatch();
        for (int owner = 0; owner < items.length; owner++) {
            int[] prompt = pairs.prompt(items[owner]);
            batch.add(owner, prompt, pairs.response(items[owner], 0));
            batch.add(owner, prompt, pairs.response(items[owner], 1));
        }
        return batch.pass();
    }

    /** Rows of both sequences of a pair. */
    static int rows(TokenizedPairs pairs, int item) {
        return rows(pairs, item, 0) + rows(pairs, item, 1);
    }

    /** Rows of one sequence of a pair. */
    static int rows(TokenizedPairs pairs, int item, int side) {
        return ResponseBatch.rows(pairs.promptLength(item), pairs.responseLength(item, side));
    }
}
