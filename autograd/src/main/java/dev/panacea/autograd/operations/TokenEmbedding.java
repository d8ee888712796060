package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.runtime.Buffer;

/** Rows of an embedding table, (vocabulary, columns), by token id. */
public final class TokenEmbedding {
    private TokenEmbedding() { }

    /** @param ids I32 [rows] */
    public static Tensor apply(Tape tape, Buffer ids, Tensor table) {
        var kernel = tape.kernels().embedding();
        int rows = Math.toIntExact(ids.count());
        int vocabulary = table.extent(0);
        int columns = table.extent(1);
        boolean differentiates = tape.differentiates(table);
        Tensor y = tape.allocate("embedded", differentiates, rows, columns);
        kernel.forward(rows, columns, vocabulary, ids, table.buffer(), y.buffer());
        if (differentiates) {
            tape.record(() -> kernel.backward(rows, columns, vocabulary, ids, y.gradient(), table.gradient()), y);
        }
        return y;
    }
}
