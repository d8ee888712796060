package dev.panacea.bench.training;

import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.LlamaTensors;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Frozen weights in bfloat16 that the device makes itself out of few drawn numbers, by copying what it has already: a model of 16 GB is
 * there in moments.
 */
final class RandomWeights {
    // no multiple of a row, so that rows differ
    private static final int DRAWN = (1 << 20) - 3;
    private static final double DEVIATION = 0.02;
    private static final short ONE = 0x3f80;

    private final MemoryScope scope;
    private final LlamaConfig config;
    private final MemorySegment drawn;

    private RandomWeights(MemoryScope scope, LlamaConfig config) {
        this.scope = scope;
        this.config = config;
        Random random = new Random(17);
        short[] values = new short[DRAWN];
        for (int i = 0; i < DRAWN; i++) {
            values[i] = (short) (Float.floatToRawIntBits((float) (DEVIATION * random.nextGaussian())) >>> 16);
        }
        drawn = MemorySegment.ofArray(values);
    }

    /** @throws IllegalArgumentException where activations are not bfloat16 or the device is the host */
    static LlamaTensors of(Kernels kernels, MemoryScope scope, LlamaConfig config) {
        if (kernels.activations() != DType.BF16) {
            throw new IllegalArgumentException("random weights are bfloat16, and " + kernels.device() + " computes otherwise");
        }
        return new RandomWeights(scope, config).tensors();
    }

    private LlamaTensors tensors() {
        int hidden = config.hiddenSize();
        Tensor embedding = matrix(config.vocabularySize(), hidden);
        Tensor head = config.tieEmbeddings() ? embedding : matrix(config.vocabularySize(), hidden);
        List<LlamaTensors.Layer> layers = IntStream.range(0, config.layers()).mapToObj(layer -> layer(hidden)).toList();
        return new LlamaTensors(embedding, head, norm(), layers);
    }

    private LlamaTensors.Layer layer(int hidden) {
        int feedForward = config.intermediateSize();
        return new LlamaTensors.Layer(norm(), matrix(config.queryWidth(), hidden), matrix(config.kvWidth(), hidden),
            matrix(config.kvWidth(), hidden), matrix(hidden, config.queryWidth()), norm(), matrix(feedForward, hidden),
            matrix(feedForward, hidden), matrix(hidden, feedForward));
    }

    private Tensor matrix(int rows, int columns) {
        long count = (long) rows * columns;
        CudaBuffer buffer = CudaBuffer.of(scope.allocate("random weights", DType.BF16, count));
        long filled = Math.min(DRAWN, count);
        buffer.slice(0, filled).copyFrom(drawn.asSlice(0, filled * DType.BF16.bytes()), buffer.device().computeStream());
        while (filled < count) {
            long more = Math.min(filled, count - filled);
            Buffer rest = buffer.slice(filled, more);
            rest.copyFrom(buffer.slice(0, more));
            filled += more;
        }
        return Tensor.constant(buffer, rows, columns);
    }

    private Tensor norm() {
        short[] ones = new short[config.hiddenSize()];
        Arrays.fill(ones, ONE);
        CudaBuffer buffer = CudaBuffer.of(scope.allocate("norm", DType.BF16, ones.length));
        buffer.copyFrom(MemorySegment.ofArray(ones), buffer.device().computeStream());
        return Tensor.constant(buffer, ones.length);
    }
}
