package dev.panacea.kernels.logprob;

import dev.panacea.kernels.linear.Linear;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * Log-probability of one target token a row under {@code softmax(x·Wᵀ)}, without ever holding all (rows × vocabulary) logits:
 * rows go through in chunks, and rows without a target are dropped first. Row-major; W, x and its gradients are F32 or BF16, each by
 * itself, the rest F32. A CUDA device takes x and W in BF16 only, and at most 512 MB of scratch for up to a million tokens.
 */
public interface LinearLogProb {

    /** This family on {@code device}. */
    static LinearLogProb on(Device device) {
        return switch (device) {
            case HostDevice host -> new Bf16HostLinearLogProb(host);
            case CudaDevice cuda -> new CudaLinearLogProb(cuda);
        };
    }

    /** The host's way with F32 activations on paper: it computes nothing, but takes from {@code memory} what that would hold. */
    static LinearLogProb onPaper(Device memory, int threads) {
        return new PaperHostLinearLogProb(memory, Linear.onPaper(memory), threads);
    }

    /** Target of a row that does not count: its log-probability and gradient are 0. */
    int IGNORED = -1;

    record Shape(int rows, int columns, int vocabulary) { }

    /**
     * With a frozen head the derivative of each row's log-probability, {@code W[target] - softmax(x·Wᵀ)·W}, is computed here, in
     * the forward, where the logits still lie in cache; the backward then only scales its rows.
     *
     * @param x (rows, columns)
     * @param head W (vocabulary, columns)
     * @param targets I32 [rows], each in [0, vocabulary) or {@link #IGNORED}
     * @param logProb [rows], overwritten
     * @param derivative ∂logProb/∂x (rows, columns), overwritten; null when it is not needed
     * @throws IllegalArgumentException naming the first target outside the vocabulary, on the host; on a CUDA device, which the host
     *     does not wait for, the log-probability of such a row, its derivative and its gradient are NaN
     */
    void forward(Shape shape, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer derivative);

    /**
     * Frozen head: {@code dx[row] = dLogProb[row] · derivative[row]}.
     *
     * @param dx (rows, columns), of the dtype of {@code derivative}, overwritten; may be the same buffer
     */
    void backwardFrozen(Shape shape, Buffer dLogProb, Buffer derivative, Buffer dx);

    /**
     * Trainable head: recomputes the logits by chunks.
     *
     * @param logProb as the forward left it
     * @param dx (rows, columns), overwritten
     * @param dHead (vocabulary, columns) F32, added to
     */
    void backward(Shape shape, Buffer dLogProb, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer dx, Buffer dHead);

    /** Plain logits of a few rows, for generation: (rows, vocabulary), overwritten. */
    void logits(Shape shape, Buffer x, Buffer head, Buffer logits);
}
