package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import java.util.List;

/** Softmax attention over packed sequences. */
public final class SelfAttention {
    private SelfAttention() { }

    /** Query (T, queryHeads · D), key and value (T, keyValueHeads · D) to (T, queryHeads · D). */
    public static Tensor apply(Tape tape, Attention.Shape shape, PackedSequences sequences, Tensor query, Tensor key, Tensor value) {
        Attention kernel = tape.kernels().attention();
        boolean differentiates = tape.differentiates(query, key, value);
        Tensor output = tape.allocate("attention", differentiates, query.shape());
        Buffer logSumExp = tape.allocate("attention lse", DType.F32, (long) sequences.tokens() * shape.queryHeads());
        kernel.forward(shape, sequences, query.buffer(), key.buffer(), value.buffer(), null, output.buffer(), logSumExp);
        if (differentiates) {
            tape.keep(query, key, value, output);
            tape.record(() -> tape.add(List.of(query, key, value), d ->
                kernel.backward(shape, sequences, query.buffer(), key.buffer(), value.buffer(), null, output.buffer(), logSumExp,
                    output.gradient(), d.get(0), d.get(1), d.get(2))), output);
        }
        return output;
    }
}
