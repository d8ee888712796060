package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.runtime.Buffer;
import java.util.List;

/** Log-probability of one target a row under {@code softmax(x·Wᵀ)}; the logits are never all in memory. */
public final class TokenLogProb {
    private TokenLogProb() { }

    /**
     * @param x (rows, columns)
     * @param head W (vocabulary, columns)
     * @param targets I32 [rows], {@link LinearLogProb#IGNORED} for rows that do not count
     * @return [rows]
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor head, Buffer targets) {
        LinearLogProb kernel = tape.kernels().linearLogProb();
        var shape = new LinearLogProb.Shape(x.extent(0), x.extent(1), head.extent(0));
        boolean differentiates = tape.differentiates(x, head);
        boolean frozen = !head.differentiable();
        Tensor logProb = tape.allocateFloats("log-probabilities", differentiates, shape.rows());
        Buffer derivative = differentiates && frozen ? tape.allocate("log-probability derivative", x.buffer().dtype(), x.count()) : null;
        kernel.forward(shape, x.buffer(), head.buffer(), targets, logProb.buffer(), derivative);
        if (differentiates && frozen) {
            tape.record(() -> tape.add(x, dx -> kernel.backwardFrozen(shape, logProb.gradient(), derivative, dx)), logProb);
        } else if (differentiates) {
            tape.keep(x, logProb);
            // as a list, so that the head learns also where x is constant
            tape.record(() -> tape.add(List.of(x), d -> kernel.backward(shape, logProb.gradient(), x.buffer(), head.buffer(), targets,
                logProb.buffer(), d.getFirst(), head.gradient())), logProb);
        }
        return logProb;
    }
}
