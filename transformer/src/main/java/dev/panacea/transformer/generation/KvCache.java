package dev.panacea.transformer.generation;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of the tokens seen so far: for every layer (slots, capacity, keyValueHeads, headDimension). A sequence has a slot, so
 * that what it may need at most is taken before it begins, and no sequence can run out of room halfway.
 */
final class KvCache {
    private final Kernels kernels;
    private final int slots;
    private final int capacity;
    private final int rows;
    private final int width;
    private final List<Buffer> keys = new ArrayList<>();
    private final List<Buffer> values = new ArrayList<>();

    KvCache(Kernels kernels, MemoryScope scope, LlamaConfig config, int slots, int capacity) {
        this.kernels = kernels;
        this.slots = slots;
        this.capacity = capacity;
        rows = rows(slots, capacity);
        this.width = config.kvHeads() * config.headDim();
        long count = (long) rows * width;
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(scope.allocate("key cache", kernels.activations(), count));
            values.add(scope.allocate("value cache", kernels.activations(), count));
        }
    }

    private static int rows(int slots, int capacity) {
        long rows = (long) slots * capacity;
        if (rows > Integer.MAX_VALUE) {
            throw new BadInputException(slots + " prompts with room for " + capacity + " tokens each are " + rows
                + " rows of a cache, more than " + Integer.MAX_VALUE + "; give fewer prompts at once or fewer new tokens");
        }
        return (int) rows;
    }

    int slots() {
        return slots;
    }

    /** Tokens of a slot. */
    int capacity() {
        return capacity;
    }

    Buffer keys(int layer) {
        return keys.get(layer);
    }

    Buffer values(int layer) {
        return values.get(layer);
    }

    /** The row of a token in a layer's keys and values. */
    int place(int slot, int position) {
        return slot * capacity + position;
    }

    /** @param places row of each of {@code count} keys and values: I32 [count] */
    void store(int layer, int count, Buffer places, Buffer key, Buffer value) {
        kernels.cacheStore().store(count, width, rows, places, key, value, keys(layer), values(layer));
    }

    /** Copies a slot's first {@code tokens} tokens to another slot. */
    void move(int from, int to, int tokens) {
        long count = (long) tokens * width;
        for (int layer = 0; layer < keys.size(); layer++) {
            copy(keys(layer), from, to, count);
            copy(values(layer), from, to, count);
        }
    }

    private void copy(Buffer cache, int from, int to, long count) {
        long slot = (long) capacity * width;
        kernels.elementwise().copy(count, cache.slice(from * slot, count), cache.slice(to * slot, count));
    }
}
