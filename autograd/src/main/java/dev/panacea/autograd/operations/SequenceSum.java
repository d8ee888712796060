package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.PackedSequences;

/** Sum of a value a token, [tokens], over each sequence: [sequences]. */
public final class SequenceSum {
    private SequenceSum() { }

    public static Tensor apply(Tape tape, PackedSequences sequences, Tensor x) {
        var kernel = tape.kernels().elementwise();
        boolean differentiates = tape.differentiates(x);
        Tensor y = tape.allocate("sequence sums", differentiates, sequences.count());
        kernel.sequenceSum(sequences, x.buffer(), y.buffer());
        if (differentiates) {
            tape.record(() -> tape.add(x, dx -> kernel.sequenceSumBackward(sequences, y.gradient(), dx)), y);
        }
        return y;
    }
}
