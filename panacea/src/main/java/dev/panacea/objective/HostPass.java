package dev.panacea.objective;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a forward pass over some items needs of the host: how their sequences are packed, and arrays.
 *
 * @param ownerOfRow which of the items each row belongs to: [rows]
 */
public record HostPass(PackedSequences sequences, int[] ownerOfRow, HostArrays arrays) {

    /** All that decides what a pass launches: equal shapes make equal launches on equal addresses. */
    public record Shape(List<Integer> offsets, Map<String, Integer> counts) { }

    public Shape shape() {
        return new Shape(Arrays.stream(sequences.offsets()).boxed().toList(), arrays.counts());
    }

    /** The pass with copies of its arrays on the scope's device. */
    Pass on(MemoryScope scope) {
        return new Pass(sequences, arrays.on(scope));
    }
}
