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

    /** A pass between its losses and their gradient, with its memory. */
    record UnderWay(MemoryScope scope, Tape tape, Tensor losses, Buffer lossGradient) {

        void backward() {
            try (scope) {
                tape.backward(losses, lossGradient);
            }
        }
    }

    /** The losses alone. */
    void forward(DeviceStep step) {
        long from = 0;
        for (Pass pass : step.passes()) {
            try (MemoryScope scope = memory.child("forward")) {
                Tensor losses = losses(Tape.withoutGradients(kernels, scope), pass, step.losses(), from);
                from += losses.count();
            }
        }
    }

    /** Losses, gradient and update. */
    void run(DeviceStep step) {
        parameters.clearGradients();
        long from = 0;
        for (Pass pass : step.passes()) {
            UnderWay underWay = begin(pass, step.losses(), from);
            from += underWay.losses.count();
            underWay.backward();
        }
        update(step);
    }

    /** The losses of one pass, which go to {@code all} from an element on; the gradient can follow. */
    UnderWay begin(Pass pass, Buffer all, long from) {
        MemoryScope scope = memory.child("step");
        try {
            Tape tape = Tape.recording(kernels, scope);
            return new UnderWay(scope, tape, losses(tape, pass, all, from), pass.arrays().get(LOSS_GRADIENT));
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private Tensor losses(Tape tape, Pass pass, Buffer all, long from) {
        Tensor losses = objective.losses(tape, pass, policy.on(tape, pass.arrays()), settings.recomputation());
        all.slice(from, losses.count()).copyFrom(losses.buffer());
        return losses;
    }

    void update(DeviceStep step) {
        optimizer.update(step.schedule(), step.losses(), settings.clip());
    }
}
