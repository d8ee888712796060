package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.objective.Pass;
import dev.panacea.objective.Policy;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MemoryScope;

/** What a step gives to the device. It reads nothing of the host but shapes and waits for nothing, so that it can be captured. */
record StepWork(Kernels kernels, MemoryScope memory, ParameterSet parameters, Policy policy, Objective objective, Optimizer optimizer,
                Trainer.Settings settings) {

    /** Of a pass's arrays the one that says how the minimised number depends on its losses, F32 (items, m). */
    static final String LOSS_GRADIENT = "loss gradient";

    /** The losses alone. */
    void forward(DeviceStep step) {
        long from = 0;
        for (Pass pass : step.passes()) {
            try (MemoryScope scope = memory.child("forward")) {
                from += store(losses(Tape.withoutGradients(kernels, scope), pass), step.losses(), from);
            }
        }
    }

    /**
     * Losses, gradient and update.
     *
     * @param beforeBackward runs between each pass's losses and their gradient
     */
    void run(DeviceStep step, Runnable beforeBackward) {
        parameters.clearGradients();
        long from = 0;
        for (Pass pass : step.passes()) {
            try (MemoryScope scope = memory.child("step")) {
                Tape tape = Tape.recording(kernels, scope);
                Tensor losses = losses(tape, pass);
                from += store(losses, step.losses(), from);
                beforeBackward.run();
                tape.backward(losses, pass.arrays().get(LOSS_GRADIENT));
            }
        }
        optimizer.update(step.schedule(), step.losses(), settings.clip());
    }

    private Tensor losses(Tape tape, Pass pass) {
        return objective.losses(tape, pass, policy.on(tape, pass.arrays()), settings.checkpointBlocks());
    }

    private static long store(Tensor losses, Buffer all, long from) {
        all.slice(from, losses.count()).copyFrom(losses.buffer());
        return losses.count();
    }
}
