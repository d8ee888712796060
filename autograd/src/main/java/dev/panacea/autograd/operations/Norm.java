package dev.panacea.autograd.operations;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.norm.RmsNorm;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;

/** RMSNorm of (rows, columns), alone or behind a residual addition. */
public final class Norm {

    /** The residual stream behind the addition, and its norm. */
    public record Residual(Tensor sum, Tensor normed) { }

    private Norm() { }

    public static Tensor apply(Tape tape, float epsilon, Tensor x, Tensor weight) {
        return run(tape, epsilon, x, null, weight).normed;
    }

    /** {@code sum = x + residual} and its norm. */
    public static Residual apply(Tape tape, float epsilon, Tensor x, Tensor residual, Tensor weight) {
        return run(tape, epsilon, x, residual, weight);
    }

    private static Residual run(Tape tape, float epsilon, Tensor x, Tensor residual, Tensor weight) {
        RmsNorm kernel = tape.kernels().rmsNorm();
        int rows = x.extent(0);
        int columns = x.extent(1);
        boolean differentiates = tape.differentiates(x, weight) || residual != null && tape.differentiates(residual);
        Tensor normed = tape.allocate("normed", differentiates, rows, columns);
        Tensor sum = residual == null ? x : tape.allocate("residual", differentiates, rows, columns);
        Buffer inverseRms = tape.allocate("inverse rms", DType.F32, rows);
        kernel.forward(rows, columns, epsilon, x.buffer(), residual == null ? null : residual.buffer(), weight.buffer(),
            residual == null ? null : sum.buffer(), normed.buffer(), inverseRms);
        tape.canMakeAgain(normed, y -> kernel.forward(rows, columns, epsilon, sum.buffer(), null, weight.buffer(), null, y, inverseRms));
        tape.keep(sum);
        if (differentiates && residual == null) {
            tape.record(() -> intoStream(tape, x, normed, weight, inverseRms), normed);
        } else if (differentiates) {
            tape.record(() -> {
                // the norm's part joins what reached the residual stream directly; x and residual then share the total
                if (normed.gradient() != null) {
                    intoStream(tape, sum, normed, weight, inverseRms);
                }
                tape.pass(sum, x);
                tape.pass(sum, residual);
            }, sum, normed);
        }
        return new Residual(sum, normed);
    }

    private static void intoStream(Tape tape, Tensor stream, Tensor normed, Tensor weight, Buffer inverseRms) {
        Tape.GradientKernel kernel = (dx, accumulate) -> tape.kernels().rmsNorm().backward(stream.extent(0), stream.extent(1),
            normed.gradient(), stream.buffer(), weight.buffer(), inverseRms, accumulate ? dx : null, dx, weight.gradient());
        if (stream.differentiable()) {
            tape.accumulate(stream, kernel);
        } else {
            kernel.run(tape.allocate("unused gradient", stream.buffer().dtype(), stream.count()), false);
        }
    }
}
