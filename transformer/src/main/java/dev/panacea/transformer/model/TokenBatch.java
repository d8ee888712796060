package dev.panacea.transformer.model;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/**
 * Packed token sequences on the device.
 *
 * @param ids I32 [tokens]
 * @param positions I32 [tokens], each token's place in its own sequence
 */
public record TokenBatch(PackedSequences sequences, Buffer ids, Buffer positions) {

    /** Brings token ids, [sequences.tokens()], to the scope's device. */
    public static TokenBatch of(MemoryScope scope, PackedSequences sequences, int[] ids) {
        if (ids.length != sequences.tokens()) {
            throw new IllegalArgumentException(ids.length + " token ids for sequences of " + sequences.tokens());
        }
        return new TokenBatch(sequences, upload(scope, "token ids", ids), upload(scope, "positions", sequences.positions()));
    }

    /** An I32 buffer on the scope's device with these values. */
    public static Buffer upload(MemoryScope scope, String name, int[] values) {
        return scope.allocate(name, DType.I32, values.length).copyFrom(values);
    }

    public int tokens() {
        return sequences.tokens();
    }
}
