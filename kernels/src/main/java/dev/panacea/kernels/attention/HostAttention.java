package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.BackwardTask.Arrays;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/** Attention on the cores of the host: tiles in the first-level cache, vector lanes over queries, no sums across tasks. */
final class HostAttention implements Attention {
    private final HostDevice device;

    HostAttention(HostDevice device) {
        this.device = device;
    }

    @Override
    public void forward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer output, Buffer logSumExp) {
        long queries = (long) sequences.tokens() * shape.queryHeads();
        long keys = (long) sequences.tokens() * shape.keyValueHeads();
        int d = shape.headDimension();
        MemorySegment q = floats("query", query, queries * d);
        MemorySegment k = floats("key", key, keys * d);
        MemorySegment v = floats("value", value, keys * d);
        MemorySegment o = floats("output", output, queries * d);
        MemorySegment log = floats("logSumExp", logSumExp, queries);
        run(QueryTile.of(shape, sequences), tile -> ForwardTask.scratchFloats(d),
            (tile, scratch) -> new ForwardTask(scratch, d).run(tile, q, k, v, o, log));
    }

    @Override
    public void backward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer output, Buffer logSumExp,
                         Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue) {
        long queries = (long) sequences.tokens() * shape.queryHeads();
        long keys = (long) sequences.tokens() * shape.keyValueHeads();
        int d = shape.headDimension();
        Arrays arrays = new Arrays(floats("query", query, queries * d), floats("key", key, keys * d), floats("value", value, keys * d),
            floats("output", output, queries * d), floats("logSumExp", logSumExp, queries), floats("dOutput", dOutput, queries * d),
            floats("dQuery", dQuery, queries * d), floats("dKey", dKey, keys * d), floats("dValue", dValue, keys * d));
        run(sequenceHeads(shape, sequences), tiles -> BackwardTask.scratchFloats(d, tiles.getFirst().length()),
            (tiles, scratch) -> new BackwardTask(arrays, scratch, d, tiles.getFirst().length()).run(tiles));
    }

    @Override
    public void decode(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output) {
        long cached = Math.multiplyExact((long) lengths.length * capacity, (long) shape.keyValueHeads() * shape.headDimension());
        long queries = (long) lengths.length * shape.queryHeads();
        int d = shape.headDimension();
        checkLengths(lengths, capacity);
        MemorySegment q = floats("query", query, queries * d);
        MemorySegment k = floats("keyCache", keyCache, cached);
        MemorySegment v = floats("valueCache", valueCache, cached);
        MemorySegment o = floats("output", output, queries * d);
        run(QueryTile.ofCache(shape, capacity, lengths), tile -> ForwardTask.scratchFloats(d),
            (tile, scratch) -> new ForwardTask(scratch, d).run(tile, q, k, v, o));
    }

    private static void checkLengths(int[] lengths, int capacity) {
        for (int s = 0; s < lengths.length; s++) {
            if (lengths[s] < 1 || lengths[s] > capacity) {
                throw new IllegalArgumentException("sequence " + s + " has " + lengths[s] + " cached positions; the cache holds 1 to " + capacity);
            }
        }
    }

    private static List<List<QueryTile>> sequenceHeads(Shape shape, PackedSequences sequences) {
        List<List<QueryTile>> all = new ArrayList<>();
        for (int s = 0; s < sequences.count(); s++) {
            for (int head = 0; head < shape.keyValueHeads() && sequences.length(s) > 0; head++) {
                all.add(QueryTile.of(shape, sequences, s, head));
            }
        }
        all.sort(Comparator.comparingInt((List<QueryTile> tiles) -> tiles.getFirst().length()).reversed());
        return all;
    }

    private <T> void run(List<T> tasks, ToLongFunction<T> scratchFloats, BiConsumer<T, MemorySegment> body) {
        try (MemoryScope scope = device.openScope("attention")) {
            device.workers().forEach(tasks.size(), i -> {
                T task = tasks.get(i);
                HostBuffer scratch = scope.allocateHost("tiles", DType.F32, scratchFloats.applyAsLong(task));
                body.accept(task, scratch.segment());
                scope.release(scratch);
            });
        }
    }

    private static MemorySegment floats(String name, Buffer buffer, long count) {
        if (buffer.dtype() != DType.F32 || buffer.count() < count) {
            throw new IllegalArgumentException(name + " must be F32[" + count + "], not " + buffer.dtype() + "[" + buffer.count() + "]");
        }
        return HostBuffer.segment(buffer);
    }
}
