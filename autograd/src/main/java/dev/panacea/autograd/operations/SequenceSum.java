package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;

/** Sum of a value a token, [tokens], over each sequence: [sequences]; with another value a token taken off first where wanted. */
public final class SequenceSum {
    private SequenceSum() { }

    public static Tensor apply(Tape tape, PackedSequences sequences, Tensor x) {
        return apply(tape, sequences, x, null);
    }

    /** @param minus constant, [tokens]: token by token a difference loses no digits to the size of the sums */
    public static Tensor apply(Tape tape, PackedSequences sequences, Tensor x, Buffer minus) {
        var kernel = tape.kernels().elementwise();
        boolean differentiates = tape.differentiates(x);
        Tensor y = tape.allocateFloats("sequence sums", differentiates, sequences.count());
        kernel.sequenceSum(sequences, x.buffer(), minus, y.buffer());
        if (differentiates) {
            tape.record(() -> tape.add(x, dx -> kernel.sequenceSumBackward(sequences, y.gradient(), dx)), y);
        }
        return y;
    }
}
