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
    private final Buffer norm;

    public Optimizer(Kernels kernels, MemoryScope scope, ParameterSet parameters, AdamW.Settings settings) {
        this.kernels = kernels;
        this.parameters = parameters;
        this.settings = settings;
        long size = parameters.values().count();
        firstMoment = scope.allocate("first moment", DType.F32, size);
        secondMoment = scope.allocate("second moment", DType.F32, size);
        norm = scope.allocate("gradient norm", DType.I64, AdamW.NORM_COUNT);
        kernels.elementwise().fill(size, 0, firstMoment);
        kernels.elementwise().fill(size, 0, secondMoment);
    }

    /**
     * What {@link #update} reads of the host.
     *
     * @param step number of the update, the first being 1
     */
    public AdamW.Schedule schedule(long step, double rate) {
        return AdamW.Schedule.of(settings, step, rate);
    }

    /**
     * One update with the gradient scaled down to norm {@code clip} where it is longer; none, where that norm or a loss is not finite.
     * Does not wait for the device.
     *
     * @param schedule as {@link #schedule} says, F32 [{@link AdamW.Schedule#COUNT}]
     * @param losses whose gradient it is, F32; null where nobody asks whether they are finite
     * @param clip largest norm let through; 0 for no clipping
     */
    public void update(Buffer schedule, Buffer losses, double clip) {
        long size = parameters.values().count();
        kernels.adamW().norm(size, parameters.gradients(), losses, norm);
        kernels.adamW().step(settings, schedule, norm, clip, size, parameters.values(), parameters.gradients(), firstMoment, secondMoment,
            parameters.copies());
    }

    /**
     * ‖gradient‖₂ over all parameters as the last {@link #update} found it, before it was scaled: the bits of a float64, I64 [1]. NaN
     * where a loss was not finite.
     */
    public Buffer norm() {
        return norm.slice(0, 1);
    }

    public Buffer firstMoment() {
        return firstMoment;
    }

    public Buffer secondMoment() {
        return secondMoment;
    }
}
