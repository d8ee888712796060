package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.data.Batching;
import dev.panacea.data.MicroBatches;
import dev.panacea.objective.HostPass;
import dev.panacea.objective.Objective;
import dev.panacea.objective.Policy;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.preference.PreferenceSampler.Draw;
import dev.panacea.preference.Scalarization;
import dev.panacea.run.LearningRate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Draws a step's batch and preferences and makes the arrays that its device will read. For any thread. */
record StepPreparation(Policy policy, Objective objective, Optimizer optimizer, Batching batching, PreferenceSampler sampler,
                       Scalarization scalarization, LearningRate learningRate, Trainer.Settings settings) {

    PreparedStep prepare(long step) {
        int[] batch = batching.batch(step);
        double[][] weights = weights(batch);
        List<Draw> draws = draws(step, weights);
        Aggregation aggregation = new Aggregation(scalarization, draws, weights);
        double[][] lambda = draws.stream().map(draw -> draw.preference().weights()).toArray(double[][]::new);
        List<int[]> parts = new MicroBatches(place -> objective.tokens(batch[place]), place -> objective.name(batch[place]))
            .split(IntStream.range(0, batch.length).toArray(), settings.tokenBudget(), MicroBatches.Order.LONGEST_FIRST);
        double rate = learningRate.at(step);
        return new PreparedStep(step, batch, lambda, aggregation, parts, passes(batch, lambda, aggregation, parts), rate,
            optimizer.schedule(step + 1, rate).values());
    }

    private List<Draw> draws(long step, double[][] weights) {
        if (!settings.lambdaPerItem()) {
            return Collections.nCopies(weights.length, new Draw(sampler.at(step, 0), 1));
        }
        return IntStream.range(0, weights.length).mapToObj(place -> sampler.forItem(step, place, judged(weights[place]))).toList();
    }

    private static boolean[] judged(double[] weights) {
        boolean[] judged = new boolean[weights.length];
        for (int i = 0; i < weights.length; i++) {
            judged[i] = weights[i] > 0;
        }
        return judged;
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
