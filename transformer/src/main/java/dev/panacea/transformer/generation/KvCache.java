package dev.panacea.transformer.generation;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of the tokens seen so far: for every layer (sequences, capacity, keyValueHeads, headDimension). */
final class KvCache {
    private final Kernels kernels;
    private final int capacity;
    private final int width;
    private final List<Buffer> keys = new ArrayList<>();
    private final List<Buffer> values = new ArrayList<>();

    KvCache(Kernels kernels, MemoryScope scope, LlamaConfig config, int sequences, int capacity) {
        this.kernels = kernels;
        this.capacity = capacity;
        this.width = config.kvHeads() * config.headDim();
        long count = (long) sequences * capacity * width;
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(scope.allocate("key cache", kernels.activations(), count));
            values.add(scope.allocate("value cache", kernels.activations(), count));
        }
    }

    int capacity() {
        return capacity;
    }

    Buffer keys(int layer) {
        return keys.get(layer);
    }

    Buffer values(int layer) {
        return values.get(layer);
    }

    /** Stores {@code count} rows, from row {@code from} of key and value (rows, keyValueHeads · headDimension), at a position. */
    void store(int layer, int sequence, int position, Buffer key, Buffer value, int from, int count) {
        long elements = (long) count * width;
        long target = ((long) sequence * capacity + position) * width;
        kernels.elementwise().copy(elements, key.slice((long) from * width, elements), keys(layer).slice(target, elements));
        kernels.elementwise().copy(elements, value.slice((long) from * width, elements), values(layer).slice(target, elements));
    }
}
