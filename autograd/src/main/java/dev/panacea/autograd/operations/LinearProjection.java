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
            boolean trained = weight.differentiable();
            if (trained) {
                tape.keep(x);
            }
            Tape.GradientKernel backward = (dx, accumulate) -> kernel.backward(rows, inputs, outputs, y.gradient(),
                trained ? x.buffer() : null, weight.buffer(), dx, accumulate, weight.gradient());
            tape.record(() -> {
                if (x.differentiable()) {
                    tape.accumulate(x, backward);
                } else {
                    backward.run(null, false);
                }
            }, y);
        }
        return y;
    }
}
