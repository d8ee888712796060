package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.preference.LikelihoodLoss;
import dev.panacea.runtime.Buffer;

/** Negative log-likelihood of every demonstration in its own dimension, [sequences] to (sequences, dimensions). */
public final class DemonstrationLoss {
    private DemonstrationLoss() { }

    /**
     * @param logProb of whole sequences
     * @param dimension I32 [sequences]
     */
    public static Tensor apply(Tape tape, Tensor logProb, int dimensions, Buffer dimension) {
        LikelihoodLoss kernel = tape.kernels().likelihoodLoss();
        int sequences = logProb.extent(0);
        boolean differentiates = tape.differentiates(logProb);
        Tensor loss = tape.allocateFloats("demonstration losses", differentiates, sequences, dimensions);
        kernel.forward(sequences, dimensions, logProb.buffer(), dimension, loss.buffer());
        if (differentiates) {
            tape.record(() -> tape.add(logProb, dLogProb ->
                kernel.backward(sequences, dimensions, dimension, loss.gradient(), dLogProb)), loss);
        }
        return loss;
    }
}
