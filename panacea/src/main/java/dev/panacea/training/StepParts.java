package dev.panacea.training;

import java.util.List;

/**
 * A step as works for the device, one behind the other, between which the host weighs the losses: one work where their gradient does not
 * depend on them, two where it does. With several forward passes all of them then go forward once for it; a single pass rests.
 */
final class StepParts implements AutoCloseable {
    private final StepWork work;
    private final DeviceStep step;
    private StepWork.UnderWay resting;

    StepParts(StepWork work, DeviceStep step) {
        this.work = work;
        this.step = step;
    }

    /** Running them again from the first on is running the step again. */
    List<Runnable> works(boolean weighed) {
        if (!weighed) {
            return List.of(() -> work.run(step));
        }
        return step.passes().size() > 1 ? List.of(() -> work.forward(step), () -> work.run(step)) : List.of(this::forward, this::backward);
    }

    private void forward() {
        close();
        work.parameters().clearGradients();
        resting = work.begin(step.passes().getFirst(), step.losses(), 0);
    }

    private void backward() {
        resting.backward();
        work.update(step);
    }

    /** Gives back what a step that did not come to its end holds. */
    @Override
    public void close() {
        if (resting != null) {
            resting.scope().close();
        }
    }
}
