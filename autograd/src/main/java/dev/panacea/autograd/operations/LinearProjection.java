package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.linear.Linear;

/** {@code y = x·Wᵀ} with a trained or frozen W (outputs, inputs). */
public final class LinearProjection {
    private LinearProjection() { }

    /** x (rows, inputs) to (rows, outputs). */
    public static Tensor apply(Tape tape, Tensor x, Tensor weight) {
        Linear kernel = tape.kernels().linear();
        int rows = x.extent(0);
        int inputs = weight.extent(1);
        int outputs = weight.extent(0);
        boolean differentiates = tape.differentiates(x, weight);
        Tensor y = tape.allocate("projection", differentiates, rows, outputs);
        kernel.forward(rows, inputs, outputs, x.buffer(), weight.buffer(), y.buffer());
        if (differentiates) {
            tape.record(() -> {
                if (x.differentiable()) {
                    tape.accumulate(x, (dx, accumulate) -> kernel.backward(rows, inputs, outputs, y.gradient(), x.buffer(),
                        weight.buffer(), dx, accumulate, weight.gradient()));
                } else {
                    kernel.backward(rows, inputs, outputs, y.gradient(), x.buffer(), weight.buffer(), null, false, weight.gradient());
                }
            }, y);
        }
        return y;
    }
}
