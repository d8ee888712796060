package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.BackwardTask.Arrays;
import dev.panacea.kernels.host.Operand;
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

/** Attention in F32 on the cores of the host: tiles in the first-level cache, vector lanes over queries, no sums across tasks. */
final class HostAttention implements Attention {
    private final HostDevice device;

    HostAttention(HostDevice device) {
        this.device = device;
    }

    @Override
    public void forward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                        Buffer logSumExp) {
        long queries = (long) sequences.tokens() * shape.queryHeads();
        long keys = (long) sequences.tokens() * shape.keyValueHeads();
        int d = shape.headDimension();
        MemorySegment q = Operand.floats("query", query, queries * d);
        MemorySegment k = Operand.floats("key", key, keys * d);
        MemorySegment v = Operand.floats("value", value, keys * d);
        MemorySegment o = Operand.floats("output", output, queries * d);
        MemorySegment log = Operand.floats("logSumExp", logSumExp, queries);
        MemorySegment mask = mask(keyMask, sequences);
        run(QueryTile.of(shape, sequences), tile -> ForwardTask.scratchFloats(d),
            (tile, scratch) -> new ForwardTask(scratch, d, mask).run(tile, q, k, v, o, log));
    }

    @Override
    public void backward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                         Buffer logSumExp, Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue) {
        long queries = (long) sequences.tokens() * shape.queryHeads();
        long keys = (long) sequences.tokens() * shape.keyValueHeads();
        int d = shape.headDimension();
        Arrays arrays = new Arrays(
            Operand.floats("query", query, queries * d), Operand.floats("key", key, keys * d), Operand.floats("value", value, keys * d),
            Operand.floats("output", output, queries * d), Operand.floats("logSumExp", logSumExp, queries),
            Operand.floats("dOutput", dOutput, queries * d), Operand.floats("dQuery", dQuery, queries * d),
            Operand.floats("dKey", dKey, keys * d), Operand.floats("dValue", dValue, keys * d), mask(keyMask, sequences));
        run(sequenceHeads(shape, sequences), tiles -> BackwardTask.scratchFloats(d, tiles.getFirst().length()),
            (tiles, scratch) -> new BackwardTask(arrays, scratch, d, tiles.getFirst().length()).run(tiles));
    }

    @Override
    public void decode(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output) {
        long cached = Math.multiplyExact((long) lengths.length * capacity, (long) shape.keyValueHeads() * shape.headDimension());
        long queries = (long) lengths.length * shape.queryHeads();
        int d = shape.headDimension();
        checkLengths(lengths, capacity);
        MemorySegment q = Operand.floats("query", query, queries * d);
        MemorySegment k = Operand.floats("keyCache", keyCache, cached);
        MemorySegment v = Operand.floats("valueCache", valueCache, cached);
        MemorySegment o = Operand.floats("output", output, queries * d);
        run(QueryTile.ofCache(shape, capacity, lengths), tile -> ForwardTask.scratchFloats(d),
            (tile, scratch) -> new ForwardTask(scratch, d, null).run(tile, q, k, v, o));
    }

    private static MemorySegment mask(Buffer keyMask, PackedSequences sequences) {
        return keyMask == null ? null : Operand.of("keyMask", keyMask, DType.U8, sequences.tokens());
    }

    private static void checkLengths(int[] lengths, int capacity) {
        for (int s = 0; s < lengths.length; s++) {
            if (lengths[s] < 1 || lengths[s] > capacity) {
                throw new IllegalArgumentException("sequence " + s + " has " + lengths[s] + " cached positions; the cache holds 1 to "
                    + capacity);
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
}
