package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.cuda.MissingFamily;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * Softmax attention over packed sequences, fused: no (length × length) matrix is ever in memory (Dao, FlashAttention-2, 2023).
 * Every query head h reads key/value head {@code h / (queryHeads / keyValueHeads)}. All buffers are F32, row-major, and
 * distinct; T is the number of tokens of all sequences, D the head dimension.
 */
public interface Attention {

    /** This family on {@code device}. */
    static Attention on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostAttention(host);
            case CudaDevice cuda -> MissingFamily.of(Attention.class, cuda);
        };
    }

    /**
     * @param scale factor on q·k before the softmax, usually 1/√D
     * @param causal whether a query sees only keys at its own position and before
     */
    record Shape(int queryHeads, int keyValueHeads, int headDimension, float scale, boolean causal) {
        public Shape {
            if (queryHeads < 1 || keyValueHeads < 1 || headDimension < 1 || queryHeads % keyValueHeads != 0) {
                throw new IllegalArgumentException("query heads (" + queryHeads + ") must be a positive multiple of key/value heads ("
                    + keyValueHeads + ") and the head dimension (" + headDimension + ") positive");
            }
        }

        public int group() {
            return queryHeads / keyValueHeads;
        }
    }

    /**
     * @param query (T, queryHeads, D)
     * @param key (T, keyValueHeads, D), value likewise
     * @param output (T, queryHeads, D), overwritten
     * @param logSumExp (T, queryHeads) natural log of the softmax denominators, overwritten; the backward needs it
     */
    void forward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer output, Buffer logSumExp);

    /** Gradients of {@link #forward}; {@code dQuery}, {@code dKey}, {@code dValue} are overwritten. Deterministic. */
    void backward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer output, Buffer logSumExp,
                  Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue);

    /**
     * One new query token for each of B sequences against its cached keys and values, for generation.
     *
     * @param query (B, queryHeads, D)
     * @param keyCache (B, capacity, keyValueHeads, D), valueCache likewise
     * @param lengths how many cached positions of each sequence are valid, the new token's own included; [B], each in [1, capacity]
     * @param output (B, queryHeads, D), overwritten
     */
    void decode(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output);
}
