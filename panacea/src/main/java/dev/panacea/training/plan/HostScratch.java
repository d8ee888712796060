package dev.panacea.training.plan;

import dev.panacea.runtime.DType;
import dev.panacea.transformer.config.LlamaConfig;

/** What the host's kernels hold with float32 activations. */
final class HostScratch implements KernelScratch {
    /** Floats of the widest vector; rows of attention's tiles are padded to it. */
    private static final int LANES = 16;
    private static final int ATTENTION_ROWS = 64;
    private static final int ATTENTION_KEYS = 64;
    private static final int HEAD_ROWS = 128;
    private static final int HEAD_BLOCK = 1024;
    private static final long FLOAT = DType.F32.bytes();

    private final StepExtent extent;
    private final LlamaConfig config;
    private final boolean rounds;

    HostScratch(StepExtent extent, LlamaConfig config, DType matrices) {
        this.extent = extent;
        this.config = config;
        this.rounds = matrices == DType.BF16;
    }

    /** h, and with rounding every operand. */
    @Override
    public long adaptedForward(long inputs, long outputs, long rank) {
        return extent.rows() * rank * FLOAT + rounded(extent.rows() * (inputs + rank) + (inputs + outputs) * rank);
    }

    /** G, G ⊙ d and h, the factors' gradients before they are added, and with rounding every operand. */
    @Override
    public long adaptedBackward(long inputs, long outputs, long rank) {
        return (3 * extent.rows() + inputs + outputs) * rank * FLOAT
            + rounded(extent.rows() * (inputs + outputs + 2 * rank) + (inputs + outputs) * rank);
    }

    /** The rounded operand. */
    @Override
    public long plainForward(long inputs, long outputs) {
        return rounded(extent.rows() * inputs);
    }

    @Override
    public long plainBackward(long inputs, long outputs) {
        return rounded(extent.rows() * outputs);
    }

    @Override
    public long attentionForward() {
        return extent.threads() * FLOAT * (2L * config.headDim() + ATTENTION_KEYS + 5) * ATTENTION_ROWS;
    }

    /** Every thread holds the gradients of one sequence's keys and values. */
    @Override
    public long attentionBackward() {
        long width = Math.ceilDiv(config.headDim(), LANES) * LANES;
        long tiles = (3L * config.headDim() + 2 * width + 2 * ATTENTION_KEYS + 5) * ATTENTION_ROWS;
        return extent.threads() * FLOAT * (tiles + 2 * extent.longest() * width);
    }

    /** Every thread holds the inputs of some rows and a block of their logits, and where it differentiates the mean under their softmax. */
    @Override
    public long head(boolean differentiates) {
        long rows = Math.min((long) extent.threads() * HEAD_ROWS, extent.asked());
        long input = config.hiddenSize() * (rounds ? DType.BF16.bytes() : FLOAT);
        long gradient = differentiates ? config.hiddenSize() * FLOAT + rounded(HEAD_BLOCK) : 0;
        return rows * (input + HEAD_BLOCK * FLOAT + gradient);
    }

    private long rounded(long count) {
        return rounds ? count * DType.BF16.bytes() : 0;
    }
}
