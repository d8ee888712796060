package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.activation.SwiGlu;
import java.util.List;

/** {@code y = silu(gate) ⊙ up}. */
public final class GatedActivation {
    private GatedActivation() { }

    /** Arrays of one shape; so is the result. */
    public static Tensor apply(Tape tape, Tensor gate, Tensor up) {
        SwiGlu kernel = tape.kernels().swiGlu();
        boolean differentiates = tape.differentiates(gate, up);
        Tensor y = tape.allocate("swiglu", differentiates, gate.shape());
        kernel.forward(y.count(), gate.buffer(), up.buffer(), y.buffer());
        if (differentiates) {
            tape.keep(gate, up);
            tape.canMakeAgain(y, again -> kernel.forward(y.count(), gate.buffer(), up.buffer(), again));
            tape.record(() -> tape.add(List.of(gate, up), d ->
                kernel.backward(y.count(), y.gradient(), gate.buffer(), up.buffer(), d.get(0), d.get(1))), y);
        }
        return y;
    }
}
