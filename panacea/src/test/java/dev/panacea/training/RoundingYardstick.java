package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Recomputation;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Linear;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How far training with BF16 activations may be from the same training in float32: measured, not guessed. Float32 training whose weights
 * are rounded to BF16 once shows what one rounding of the seven matrices of a block does to losses and gradients of this very model, and
 * every rounding of an operand or a result of a product perturbs it as much. With BF16 activations a block rounds those weights, some 12
 * activations forward (two norms, seven products, two rotations, attention, the gated product, two sums, of which only products count
 * whose operands they are) and as many gradients: 4 to 5 times as many roundings of random signs, an error about twice as large. Another
 * factor of 2 is for chance. The reference policy keeps the weights that were not rounded, as roundings of activations do not cancel
 * between the two policies either.
 */
final class RoundingYardstick {
    private static final double ROUNDINGS = 4;
    private static final int WHOLE = 10_000;
    private static final int STEPS = 4;
    private static final int BATCH = 8;
    private static final Trainer.Settings SETTINGS = new Trainer.Settings(true, WHOLE, Recomputation.OFF, 1);

    /** What is trained. */
    enum Training {
        DPO, SFT, WEIGHTS;

        private Trainer trainer(SmallTask task, boolean rounded) {
            Objective objective = this == DPO ? task.dpo(0.5) : task.sft();
            if (rounded) {
                task.withRoundedWeights();
            }
            return this == WEIGHTS ? task.trainerOfWeights(BATCH, SETTINGS) : task.trainer(objective, BATCH, new Linear(), SETTINGS);
        }

        private ParameterSet parameters(SmallTask task) {
            return this == WEIGHTS ? task.weights() : task.adapter().parameters();
        }
    }

    /** The numbers that a training came by. */
    record Trace(double[] losses, double[] gradients) { }

    private final Path folder;
    private final Training training;
    private final boolean tied;

    RoundingYardstick(Path folder, Training training, boolean tied) {
        this.folder = folder;
        this.training = training;
        this.tied = tied;
    }

    private Trace float32(boolean rounded) {
        return steps(() -> Kernels.on(new HostDevice(2), DType.F32), rounded);
    }

    /** Losses and gradients of a few steps on different batches, each from the same parameters. */
    Trace steps(Supplier<Kernels> kernels) {
        return steps(kernels, false);
    }

    private Trace steps(Supplier<Kernels> kernels, boolean rounded) {
        DoubleStream losses = DoubleStream.empty();
        DoubleStream gradients = DoubleStream.empty();
        for (long step = 0; step < STEPS; step++) {
            try (SmallTask task = new SmallTask(folder, kernels.get(), tied).withTrainedAdapter(0.3)) {
                losses = DoubleStream.concat(losses, DoubleStream.of(training.trainer(task, rounded).step(step).losses()));
                float[] own = training.parameters(task).gradients().toFloats();
                gradients = DoubleStream.concat(gradients, IntStream.range(0, own.length).mapToDouble(i -> own[i]));
            }
        }
        return new Trace(losses.toArray(), gradients.toArray());
    }

    /** Requires of {@link #steps} that they are those of float32 up to their rounding. */
    void measureSteps(Supplier<Kernels> kernels) {
        Trace exact = float32(false);
        Trace yardstick = float32(true);
        Trace found = steps(kernels);
        requireWithin("losses", exact.losses, yardstick.losses, found.losses);
        requireWithin("gradients", exact.gradients, yardstick.gradients, found.gradients);
    }

    /** Requires of what is minimised in one step after the other that it goes the way of float32. */
    void measureCurve(int steps, Supplier<Kernels> kernels) {
        requireWithin("losses of " + steps + " steps", curve(steps, () -> Kernels.on(new HostDevice(2), DType.F32), false),
            curve(steps, () -> Kernels.on(new HostDevice(2), DType.F32), true), curve(steps, kernels, false));
    }

    private double[] curve(int steps, Supplier<Kernels> kernels, boolean rounded) {
        try (SmallTask task = new SmallTask(folder, kernels.get(), tied)) {
            Trainer trainer = training.trainer(task, rounded);
            return IntStream.range(0, steps).mapToDouble(step -> trainer.step(step).total()).toArray();
        }
    }

    private static void requireWithin(String what, double[] exact, double[] yardstick, double[] found) {
        double allowed = ROUNDINGS * distance(yardstick, exact);
        double error = distance(found, exact);
        assertTrue(error > 0 && error <= allowed, () -> what + " are off by " + error + ", more than " + allowed);
    }

    private static double distance(double[] a, double[] b) {
        return Math.sqrt(IntStream.range(0, a.length).mapToDouble(i -> Math.pow(a[i] - b[i], 2)).sum()
            / DoubleStream.of(b).map(value -> value * value).sum());
    }
}
