package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * Softmax attention over packed sequences, fused: no (length × length) matrix is ever in memory (Dao, FlashAttention-2, 2023).
 * Every query head h reads key/value head {@code h / (queryHeads / keyValueHeads)}. T is the number of tokens of all sequences, D the head
 * dimension. Queries, keys, values, outputs and their gradients are of one dtype, statistics are float32: on the host F32, BF16 or F16, on
 * a CUDA device BF16 or F16, with D a multiple of 8 up to 256 and arrays that begin at multiples of 16 bytes. All buffers are row-major
 * and distinct.
 */
public interface Attention {

    /** This family on {@code device}; the same call gives the same bits. */
    static Attention on(Device device) {
        return on(device, Accumulation.ORDERED);
    }

    /** The same, whose backward adds up dQ as {@code accumulation} says. */
    static Attention on(Device device, Accumulation accumulation) {
        return switch (device) {
            case HostDevice host -> new WidenedHostAttention(host);
            case CudaDevice cuda -> new CudaAttention(cuda, accumulation);
        };
    }

    /** The host's way with F32 activations on paper: it computes nothing, but takes from {@code memory} what that would hold. */
    static Attention onPaper(Device memory, int threads) {
        return new PaperHostAttention(memory, threads);
    }

    /**
     * @param scale factor on q·k before the softmax, positive, usually 1/√D
     * @param causal whether a query sees only keys at its own position and before
     * @param window a query sees only keys less than this many positions from its own; 0 for any distance
     */
    record Shape(int queryHeads, int keyValueHeads, int headDimension, float scale, boolean causal, int window) {
        public Shape {
            if (queryHeads < 1 || keyValueHeads < 1 || headDimension < 1 || queryHeads % keyValueHeads != 0) {
                throw new IllegalArgumentException("query heads (" + queryHeads + ") must be a positive multiple of key/value heads ("
                    + keyValueHeads + ") and the head dimension (" + headDimension + ") positive");
            }
            if (!(scale > 0) || Float.isInfinite(scale)) {
                throw new IllegalArgumentException("a scale of " + scale + "; it must be positive and finite");
            }
            if (window < 0) {
                throw new IllegalArgumentException("a window of " + window + " positions; it must be positive, or 0 for none");
            }
        }

        /** Without a window. */
        public Shape(int queryHeads, int keyValueHeads, int headDimension, float scale, boolean causal) {
            this(queryHeads, keyValueHeads, headDimension, scale, causal, 0);
        }

        public int group() {
            return queryHeads / keyValueHeads;
        }
    }

    /**
     * @param query (T, queryHeads, D)
     * @param key (T, keyValueHeads, D), value likewise
     * @param keyMask U8 [T], 0 for a key that no query sees, as in padding (it must be finite all the same); null when all are seen
     * @param output (T, queryHeads, D), overwritten; 0 for a query that sees no key
     * @param logSumExp F32 (T, queryHeads) natural log of the softmax denominators, overwritten; the backward needs it. Positive infinity
     *     for a query that sees no key
     */
    void forward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                 Buffer logSumExp);

    /** Gradients of {@link #forward}; {@code dQuery}, {@code dKey}, {@code dValue} are overwritten. */
    void backward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                  Buffer logSumExp, Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue);

    /**
     * One new query token, the last of its sequence, for each of B sequences against their cached keys and values, for generation.
     *
     * @param query (B, queryHeads, D)
     * @param keyCache (B, capacity, keyValueHeads, D), valueCache likewise
     * @param lengths how many cached positions of each sequence are valid, the new token's own included; [B], each in [1, capacity]
     * @param output (B, queryHeads, D), overwritten
     */
    void decode(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output);
}
