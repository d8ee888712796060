package dev.panacea.autograd;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/** AdamW with gradient-norm clipping over a {@link ParameterSet}; its moments are part of a checkpoint. */
public final class Optimizer {
    private final Kernels kernels;
    private final ParameterSet parameters;
    private final AdamW.Settings settings;
    private final Buffer firstMoment;
    private final Buffer secondMoment;

    public Optimizer(Kernels kernels, MemoryScope scope, ParameterSet parameters, AdamW.Settings settings) {
        this.kernels = kernels;
        this.parameters = parameters;
        this.settings = settings;
        long size = parameters.values().count();
        firstMoment = scope.allocate("first moment", DType.F32, size);
        secondMoment = scope.allocate("second moment", DType.F32, size);
        kernels.elementwise().fill(size, 0, firstMoment);
        kernels.elementwise().fill(size, 0, secondMoment);
    }

    /** ‖gradient‖₂ over all parameters. */
    public double gradientNorm() {
        return Math.sqrt(kernels.elementwise().sumOfSquares(parameters.gradients().count(), parameters.gradients()));
    }

    /**
     * One update with gradients scaled down to norm {@code clip} where {@code norm} is larger.
     *
     * @param step number of this update, the first being 1
     * @param norm what {@link #gradientNorm} gave
     * @param clip largest norm let through; 0 for no clipping
     */
    public void step(long step, double rate, double norm, double clip) {
        float scale = clip > 0 && norm > clip ? (float) (clip / norm) : 1;
        kernels.adamW().step(settings, step, (float) rate, scale, parameters.values().count(),
            parameters.values(), parameters.gradients(), firstMoment, secondMoment);
    }

    public Buffer firstMoment() {
        return firstMoment;
    }

    public Buffer secondMoment() {
        return secondMoment;
    }
}
