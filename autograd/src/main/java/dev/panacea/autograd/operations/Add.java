package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;

/** {@code y = a + b}. */
public final class Add {
    private Add() { }

    public static Tensor apply(Tape tape, Tensor a, Tensor b) {
        boolean differentiates = tape.differentiates(a, b);
        Tensor y = tape.allocate("sum", differentiates, a.shape());
        tape.kernels().elementwise().add(y.count(), a.buffer(), b.buffer(), y.buffer());
        if (differentiates) {
            tape.record(() -> {
                tape.pass(y, a);
                tape.pass(y, b);
            }, y);
        }
        return y;
    }
}
