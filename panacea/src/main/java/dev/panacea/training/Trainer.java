package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.data.Batching;
import dev.panacea.data.MicroBatches;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.preference.Scalarization;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.model.RowProjector;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Algorithm 1 of Panacea (Zhong et al. 2024): sample a batch, sample a preference λ and embed it in every adapted matrix,
 * aggregate the dimensions' objectives under λ, and take a gradient step. A step is a function of the parameters, the
 * optimiser's state and the step's number alone, so a run can stop and go on anywhere.
 */
public final class Trainer {

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
     */
    public record Settings(boolean lambdaPerItem, int tokenBudget, Recomputation recomputation, double clip) { }

    private final Kernels kernels;
    private final MemoryScope memory;
    private final ParameterSet parameters;
    private final Function<double[][], RowProjector> policy;
    private final Objective objective;
    private final Optimizer optimizer;
    private final Batching batching;
    private final PreferenceSampler sampler;
    private final Scalarization scalarization;
    private final LearningRate learningRate;
    private final Settings settings;

    /**
     * @param memory every step's scope opens inside it
     * @param parameters what is trained
     * @param policy the model at one preference for each item of a batch, (items, m)
     */
    public Trainer(Kernels kernels, MemoryScope memory, ParameterSet parameters, Function<double[][], RowProjector> policy,
                   Objective objective, Optimizer optimizer, Batching batching, PreferenceSampler sampler,
                   Scalarization scalarization, LearningRate learningRate, Settings settings) {
        this.kernels = kernels;
        this.memory = memory;
        this.parameters = parameters;
        this.policy = policy;
        this.objective = objective;
        this.optimizer = optimizer;
        this.batching = batching;
        this.sampler = sampler;
        this.scalarization = scalarization;
        this.learningRate = learningRate;
        this.settings = settings;
    }

    /**
     * Runs one step.
     *
     * @param step counted from 0
     * @throws DivergedException when a loss is not finite, the parameters being as before the step; or when the gradient is not, which
     *     then shows in the parameters too: nothing waits for its norm before they are updated
     */
    public Outcome step(long step) {
        int[] batch = batching.batch(step);
        double[][] lambda = preferences(step, batch.length);
        Aggregation aggregation = new Aggregation(scalarization, lambda, weights(batch));
        List<int[]> parts = new MicroBatches(place -> objective.tokens(batch[place]), place -> objective.name(batch[place]))
            .split(IntStream.range(0, batch.length).toArray(), settings.tokenBudget(), MicroBatches.Order.LONGEST_FIRST);

        parameters.clearGradients();
        double[][] losses = new double[batch.length][];
        boolean lossesFirst = aggregation.needsLosses() && parts.size() > 1;
        if (lossesFirst) {
            parts.forEach(part -> forward(batch, part, lambda, losses));
        }
        forwardAndBackward(batch, parts, lambda, losses, aggregation);
        checkFinite(step, batch, Arrays.stream(losses).flatMapToDouble(Arrays::stream));
        double rate = learningRate.at(step);
        optimizer.step(step + 1, rate, settings.clip());
        double norm = optimizer.gradientNorm();
        checkFinite(step, batch, DoubleStream.of(norm));
        return new Outcome(lambda[0], meanLosses(batch, losses), aggregation.value(losses), aggregation.active(losses), norm, rate,
            IntStream.of(batch).mapToLong(objective::tokens).sum());
    }

    private double[][] preferences(long step, int count) {
        double[][] lambda = new double[count][];
        for (int place = 0; place < count; place++) {
            lambda[place] = place > 0 && !settings.lambdaPerItem() ? lambda[0] : sampler.at(step, place).weights();
        }
        return lambda;
    }

    private double[][] weights(int[] batch) {
        int dimensions = objective.dimensions().size();
        return IntStream.of(batch)
            .mapToObj(item -> IntStream.range(0, dimensions).mapToDouble(i -> objective.weight(item, i)).toArray())
            .toArray(double[][]::new);
    }

    private void forward(int[] batch, int[] part, double[][] lambda, double[][] losses) {
        try (MemoryScope scope = memory.child("forward")) {
            read(losses(Tape.withoutGradients(kernels, scope), batch, part, lambda).buffer(), part, losses);
        }
    }

    /** Where the gradient does not need the losses they are read only when all parts are on their way, so that no part waits. */
    private void forwardAndBackward(int[] batch, List<int[]> parts, double[][] lambda, double[][] losses, Aggregation aggregation) {
        int dimensions = objective.dimensions().size();
        try (MemoryScope scope = memory.child("losses")) {
            Buffer all = scope.allocate("losses", DType.F32, (long) batch.length * dimensions);
            int done = 0;
            for (int[] part : parts) {
                Buffer own = all.slice((long) done * dimensions, (long) part.length * dimensions);
                forwardAndBackward(batch, part, lambda, losses, aggregation, own);
                done += part.length;
            }
            if (!aggregation.needsLosses()) {
                read(all, parts.stream().flatMapToInt(Arrays::stream).toArray(), losses);
            }
        }
    }

    private void forwardAndBackward(int[] batch, int[] part, double[][] lambda, double[][] losses, Aggregation aggregation, Buffer own) {
        try (MemoryScope scope = memory.child("step")) {
            Tape tape = Tape.recording(kernels, scope);
            Tensor loss = losses(tape, batch, part, lambda);
            own.copyFrom(loss.buffer());
            if (aggregation.needsLosses()) {
                read(own, part, losses);
            }
            tape.backward(loss, seed(scope, part, aggregation.gradient(losses)));
        }
    }

    private Tensor losses(Tape tape, int[] batch, int[] part, double[][] lambda) {
        int[] items = IntStream.of(part).map(place -> batch[place]).toArray();
        double[][] own = IntStream.of(part).mapToObj(place -> lambda[place]).toArray(double[][]::new);
        return objective.losses(tape, items, policy.apply(own), settings.recomputation());
    }

    private void read(Buffer loss, int[] places, double[][] losses) {
        float[] values = loss.toFloats();
        int dimensions = objective.dimensions().size();
        for (int row = 0; row < places.length; row++) {
            int from = row * dimensions;
            losses[places[row]] = IntStream.range(from, from + dimensions).mapToDouble(i -> values[i]).toArray();
        }
    }

    private static Buffer seed(MemoryScope scope, int[] part, double[][] gradient) {
        double[] flat = IntStream.of(part).mapToObj(place -> gradient[place]).flatMapToDouble(Arrays::stream).toArray();
        float[] seed = new float[flat.length];
        for (int i = 0; i < seed.length; i++) {
            seed[i] = (float) flat[i];
        }
        return scope.allocate("loss gradient", DType.F32, seed.length).copyFrom(seed);
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

    private void checkFinite(long step, int[] batch, DoubleStream values) {
        if (!values.allMatch(Double::isFinite)) {
            throw new DivergedException(step + 1, IntStream.of(batch).mapToObj(objective::name).toList());
        }
    }
}
