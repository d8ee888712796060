package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Recomputation;
import dev.panacea.data.Batching;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.objective.Policy;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.preference.Scalarization;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Algorithm 1 of Panacea (Zhong et al. 2024): sample a batch, sample a preference λ and embed it in every adapted matrix,
 * aggregate the dimensions' objectives under λ, and take a gradient step. A step is a function of the parameters, the
 * optimiser's state and the step's number alone, so a run can stop and go on anywhere.
 *
 * <p>The host prepares the next step's data while the device works, and waits for it once a step, for the losses and the gradient's
 * norm at its end; with a scalarization that needs the losses to weigh their gradient, also before the backward.
 */
public final class Trainer implements AutoCloseable {

    /**
     * What one step did.
     *
     * @param lambda preference of the batch; of its first item where each has its own
     * @param losses mean of each dimension; NaN where no item of the batch was judged in it
     * @param total the number that was minimised
     * @param active the dimension that it worked on most
     */
    public record Outcome(double[] lambda, double[] losses, double total, int active, double gradientNorm, double learningRate,
                          long tokens) { }

    /**
     * @param lambdaPerItem whether every item of a batch draws a preference of its own, instead of one for the batch
     * @param tokenBudget most tokens in one forward pass; a larger batch is accumulated from several
     * @param clip largest gradient norm let through; 0 for no clipping
     * @param capture whether steps whose shape comes again are captured and replayed, where the device can
     */
    public record Settings(boolean lambdaPerItem, int tokenBudget, Recomputation recomputation, double clip, boolean capture) {

        /** With capture. */
        public Settings(boolean lambdaPerItem, int tokenBudget, Recomputation recomputation, double clip) {
            this(lambdaPerItem, tokenBudget, recomputation, clip, true);
        }
    }

    private final Objective objective;
    private final StepsAhead ahead;
    private final StepBuffers buffers;
    private final StepWork work;
    private final CapturedSteps captured;

    /**
     * @param memory every step's scope opens inside it, and holds what stays from step to step
     * @param parameters what is trained
     * @param policy the model that they make
     */
    public Trainer(Kernels kernels, MemoryScope memory, ParameterSet parameters, Policy policy, Objective objective,
                   Optimizer optimizer, Batching batching, PreferenceSampler sampler, Scalarization scalarization,
                   LearningRate learningRate, Settings settings) {
        this.objective = objective;
        ahead = new StepsAhead(new StepPreparation(policy, objective, optimizer, batching, sampler, scalarization, learningRate,
            settings), kernels.device());
        buffers = new StepBuffers(memory, optimizer.norm());
        work = new StepWork(kernels, memory, parameters, policy, objective, optimizer, settings);
        captured = settings.capture() && kernels.device() instanceof CudaDevice cuda ? new CapturedSteps(cuda) : null;
    }

    /**
     * Runs one step.
     *
     * @param step counted from 0
     * @throws DivergedException when a loss or the gradient is not finite, parameters and moments being as before the step
     */
    public Outcome step(long step) {
        StepsAhead.Ready ready = ahead.take(step);
        ahead.begin(step + 1);
        if (buffers.fit(ready.layout(), ready.step().lossCount()) && captured != null) {
            captured.clear();
        }
        DeviceStep onDevice = buffers.upload(ready);
        run(ready.step(), onDevice);
        return outcome(ready.step(), buffers.read(onDevice));
    }

    private void run(PreparedStep step, DeviceStep onDevice) {
        try (StepParts parts = new StepParts(work, onDevice)) {
            List<Runnable> works = parts.works(step.aggregation().needsLosses());
            if (captured == null) {
                CapturedSteps.inOrder(works, Runnable::run, () -> weighLosses(step, onDevice));
            } else {
                captured.run(step.shape(), works, () -> weighLosses(step, onDevice));
            }
        }
    }

    private void weighLosses(PreparedStep step, DeviceStep onDevice) {
        double[][] gradient = step.aggregation().gradient(step.byPlace(buffers.readLosses(onDevice)));
        buffers.writeLossGradients(onDevice, step.parts().stream().map(part -> PreparedStep.seed(gradient, part)).toList());
    }

    private Outcome outcome(PreparedStep step, StepBuffers.Results results) {
        double[][] losses = step.byPlace(results.losses());
        int[] batch = step.batch();
        requireFinite(step, results);
        return new Outcome(step.lambda()[0], meanLosses(batch, losses), step.aggregation().value(losses),
            step.aggregation().active(losses), results.gradientNorm(), step.learningRate(),
            IntStream.of(batch).mapToLong(objective::tokens).sum());
    }

    private void requireFinite(PreparedStep step, StepBuffers.Results results) {
        DoubleStream losses = IntStream.range(0, results.losses().length).mapToDouble(i -> results.losses()[i]);
        if (!Double.isFinite(results.gradientNorm()) || !losses.allMatch(Double::isFinite)) {
            throw new DivergedException(step.number() + 1, IntStream.of(step.batch()).mapToObj(objective::name).toList());
        }
    }

    private double[] meanLosses(int[] batch, double[][] losses) {
        int dimensions = objective.dimensions().size();
        double[] means = new double[dimensions];
        for (int i = 0; i < dimensions; i++) {
            double weight = 0;
            for (int place = 0; place < batch.length; place++) {
                means[i] += losses[place][i];
                weight += objective.weight(batch[place], i);
            }
            means[i] = weight == 0 ? Double.NaN : means[i] / weight;
        }
        return means;
    }

    /** Why steps that could be captured no longer are, once that is so. */
    public Optional<String> captureFailure() {
        return captured == null ? Optional.empty() : captured.failure();
    }

    /** How many graphs are kept to be replayed. */
    int graphs() {
        return captured == null ? 0 : captured.graphs();
    }

    /** Waits for what is under way and gives back all but what the trainer's memory scope holds. Closing twice is harmless. */
    @Override
    public void close() {
        ahead.close();
        buffers.close();
        if (captured != null) {
            captured.close();
        }
    }
}
