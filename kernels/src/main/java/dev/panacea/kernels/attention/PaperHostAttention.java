package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.MemoryScope;

/**
 * {@link HostAttention} on paper: takes what it holds and gives it back. Every thread is thought to be at one of the largest tasks at
 * once.
 */
final class PaperHostAttention implements Attention {
    private final Device memory;
    private final int threads;

    PaperHostAttention(Device memory, int threads) {
        this.memory = memory;
        this.threads = threads;
    }

    @Override
    public void forward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                        Buffer logSumExp) {
        take(QueryTile.of(shape, sequences).size(), ForwardTask.scratchFloats(shape.headDimension()));
    }

    @Override
    public void backward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                         Buffer logSumExp, Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue) {
        take(sequences.count() * shape.keyValueHeads(), BackwardTask.scratchFloats(shape.headDimension(), sequences.longest()));
    }

    @Override
    public void decode(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output) {
        take(lengths.length * shape.keyValueHeads(), ForwardTask.scratchFloats(shape.headDimension()));
    }

    private void take(int tasks, long floats) {
        try (MemoryScope scope = memory.openScope("attention")) {
            scope.allocate("tiles", DType.F32, Math.min(tasks, threads) * floats);
        }
    }
}
