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
    private final Buffer schedule;
    private final Buffer norm;

    public Optimizer(Kernels kernels, MemoryScope scope, ParameterSet parameters, AdamW.Settings settings) {
        this.kernels = kernels;
        this.parameters = parameters;
        this.settings = settings;
        long size = parameters.values().count();
        firstMoment = scope.allocate("first moment", DType.F32, size);
        secondMoment = scope.allocate("second moment", DType.F32, size);
        schedule = scope.allocate("schedule", DType.F32, AdamW.Schedule.COUNT);
        norm = scope.allocate("gradient norm", DType.I64, AdamW.NORM_COUNT);
        kernels.elementwise().fill(size, 0, firstMoment);
        kernels.elementwise().fill(size, 0, secondMoment);
    }

    /**
     * One update with the gradient scaled down to norm {@code clip} where it is longer. Does not wait for the device.
     *
     * @param step number of this update, the first being 1
     * @param clip largest norm let through; 0 for no clipping
     */
    public void step(long step, double rate, double clip) {
        long size = parameters.values().count();
        AdamW.Schedule.of(settings, step, rate).writeTo(schedule);
        kernels.adamW().norm(size, parameters.gradients(), norm);
        kernels.adamW().step(settings, schedule, norm, clip, size, parameters.values(), parameters.gradients(), firstMoment, secondMoment,
            parameters.copies());
    }

    /** ‖gradient‖₂ over all parameters as the last {@link #step} found it, before it was scaled; waits for the device. */
    public double gradientNorm() {
        return AdamW.value(norm);
    }

    public Buffer firstMoment() {
        return firstMoment;
    }

    public Buffer secondMoment() {
        return secondMoment;
    }
}
