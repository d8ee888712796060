package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.data.Batching;
import dev.panacea.data.MicroBatches;
import dev.panacea.objective.HostPass;
import dev.panacea.objective.Objective;
import dev.panacea.objective.Policy;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.preference.Scalarization;
import dev.panacea.run.LearningRate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Draws a step's batch and preferences and makes the arrays that its device will read. For any thread. */
record StepPreparation(Policy policy, Objective objective, Optimizer optimizer, Batching batching, PreferenceSampler sampler,
                       Scalarization scalarization, LearningRate learningRate, Trainer.Settings settings) {

    PreparedStep prepare(long step) {
        int[] batch = batching.batch(step);
        double[][] lambda = preferences(step, batch.length);
        Aggregation aggregation = new Aggregation(scalarization, lambda, weights(batch));
        List<int[]> parts = new MicroBatches(place -> objective.tokens(batch[place]), place -> objective.name(batch[place]))
            .split(IntStream.range(0, batch.length).toArray(), settings.tokenBudget(), MicroBatches.Order.LONGEST_FIRST);
        double rate = learningRate.at(step);
        return new PreparedStep(step, batch, lambda, aggregation, parts, passes(batch, lambda, aggregation, parts), rate,
            optimizer.schedule(step + 1, rate).values());
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

    // Where the gradient needs the losses, it is room for it that the pass has.
    private List<HostPass> passes(int[] batch, double[][] lambda, Aggregation aggregation, List<int[]> parts) {
        double[][] gradient = aggregation.needsLosses()
            ? new double[batch.length][lambda[0].length] : aggregation.gradient(new double[0][]);
        List<HostPass> passes = new ArrayList<>();
        for (int[] part : parts) {
            HostPass pass = objective.pass(IntStream.of(part).map(place -> batch[place]).toArray());
            policy.prepare(IntStream.of(part).mapToObj(place -> lambda[place]).toArray(double[][]::new), pass);
            pass.arrays().add(StepWork.LOSS_GRADIENT, PreparedStep.seed(gradient, part));
            passes.add(pass);
        }
        return passes;
    }
}
