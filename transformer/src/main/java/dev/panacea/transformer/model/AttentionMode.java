package dev.panacea.transformer.model;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;

/** What a block's queries attend to: their own packed sequences, or a cache of earlier tokens. */
@FunctionalInterface
public interface AttentionMode {

    /**
     * @param query (rows, heads · headDimension), rotated
     * @param key (rows, keyValueHeads · headDimension), rotated; value likewise, not rotated
     * @return (rows, heads · headDimension)
     */
    Tensor attend(Tape tape, int layer, Tensor query, Tensor key, Tensor value);
}
