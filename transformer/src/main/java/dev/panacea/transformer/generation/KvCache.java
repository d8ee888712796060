package dev.panacea.transformer.generation;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Keys and values of the tokens seen so far: for every layer (sequences, capacity, keyValueHeads, headDimension). */
final class KvCache {
    private final Kernels kernels;
    private final int capacity;
    // of a layer, over all its sequences
    private final int rows;
    private final int width;
    private final List<Buffer> keys = new ArrayList<>();
    private final List<Buffer> values = new ArrayList<>();

    KvCache(Kernels kernels, MemoryScope scope, LlamaConfig config, int sequences, int capacity) {
        this.kernels = kernels;
        this.capacity = capacity;
        rows = rows(sequences, capacity);
        this.width = config.kvHeads() * config.headDim();
        long count = (long) rows * width;
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(scope.allocate("key cache", kernels.activations(), count));
            values.add(scope.allocate("value cache", kernels.activations(), count));
        }
    }

    private static int rows(int sequences, int capacity) {
        long rows = (long) sequences * capacity;
        if (rows > Integer.MAX_VALUE) {
            throw new BadInputException(sequences + " prompts with room for " + capacity + " tokens each are " + rows
                + " rows of a cache, more than " + Integer.MAX_VALUE + "; give fewer prompts at once or fewer new tokens");
        }
        return (int) rows;
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

    /** The rows of the cache, counted over all sequences, that belong to positions of sequences: for {@link #store}. */
    int[] places(int[] sequences, int[] positions) {
        return IntStream.range(0, sequences.length).map(i -> sequences[i] * capacity + positions[i]).toArray();
    }

    /** Stores the rows of key and value (count, keyValueHeads · headDimension) at {@code places}, I32 [count], in one launch. */
    void store(int layer, int count, Buffer places, Buffer key, Buffer value) {
        kernels.cacheStore().store(count, width, rows, places, key, value, keys(layer), values(layer));
    }
}
