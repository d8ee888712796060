package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.preference.PreferenceLoss;
import dev.panacea.runtime.Buffer;

/** DPO losses of every dimension from sequence log-probabilities, [2·pairs] to (pairs, dimensions). */
public final class PairLoss {
    private PairLoss() { }

    /**
     * @param logProb [2·pairs], response 0 of pair p at 2p
     * @param reference the same under the reference policy
     * @param label (pairs, dimensions) in {-1, 0, 1}
     */
    public static Tensor apply(Tape tape, PreferenceLoss.Shape shape, Tensor logProb, Buffer reference, Buffer label) {
        PreferenceLoss kernel = tape.kernels().preferenceLoss();
        boolean differentiates = tape.differentiates(logProb);
        Tensor loss = tape.allocate("pair losses", differentiates, shape.pairs(), shape.dimensions());
        kernel.forward(shape, logProb.buffer(), reference, label, loss.buffer());
        if (differentiates) {
            tape.record(() -> tape.add(logProb, dLogProb ->
                kernel.backward(shape, logProb.buffer(), reference, label, loss.gradient(), dLogProb)), loss);
        }
        return loss;
    }
}
