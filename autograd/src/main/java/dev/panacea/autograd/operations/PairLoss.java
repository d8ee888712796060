package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.preference.PreferenceLoss;
import dev.panacea.runtime.Buffer;

/** DPO losses of every dimension from log-ratios of policy and reference, [2·pairs] to (pairs, dimensions). */
public final class PairLoss {
    private PairLoss() { }

    /**
     * @param logRatio {@code log π - log π_ref} of whole responses: response 0 of pair p at 2p, response 1 at 2p + 1
     * @param label (pairs, dimensions) in {-1, 0, 1}
     */
    public static Tensor apply(Tape tape, PreferenceLoss.Shape shape, Tensor logRatio, Buffer label) {
        PreferenceLoss kernel = tape.kernels().preferenceLoss();
        boolean differentiates = tape.differentiates(logRatio);
        Tensor loss = tape.allocateFloats("pair losses", differentiates, shape.pairs(), shape.dimensions());
        kernel.forward(shape, logRatio.buffer(), label, loss.buffer());
        if (differentiates) {
            tape.keep(logRatio);
            tape.record(() -> tape.add(logRatio, dLogRatio ->
                kernel.backward(shape, logRatio.buffer(), label, loss.gradient(), dLogRatio)), loss);
        }
        return loss;
    }
}
