package dev.panacea.training;

import dev.panacea.objective.HostPass;
import java.util.List;

/**
 * Everything of a step that the host knows before the device begins it.
 *
 * @param number counted from 0
 * @param batch the items
 * @param lambda preference of each, (items, m)
 * @param parts places in the batch of each forward pass
 * @param passes what each of them reads, the gradient of its losses among it
 * @param schedule what the optimiser reads
 */
record PreparedStep(long number, int[] batch, double[][] lambda, Aggregation aggregation, List<int[]> parts, List<HostPass> passes,
                    double learningRate, float[] schedule) {

    /** All that decides what the step launches. */
    List<HostPass.Shape> shape() {
        return passes.stream().map(HostPass::shape).toList();
    }

    int dimensions() {
        return lambda[0].length;
    }

    /** Losses that the step makes. */
    int lossCount() {
        return batch.length * dimensions();
    }

    /** Losses in the order of the parts as (items, m), in the order of the batch. */
    double[][] byPlace(float[] losses) {
        double[][] byPlace = new double[batch.length][dimensions()];
        int from = 0;
        for (int[] part : parts) {
            for (int place : part) {
                for (int i = 0; i < dimensions(); i++) {
                    byPlace[place][i] = losses[from++];
                }
            }
        }
        return byPlace;
    }

    /** Of a gradient (items, m) what concerns one part, as the device takes it. */
    static float[] seed(double[][] gradient, int[] part) {
        int dimensions = gradient[0].length;
        float[] seed = new float[part.length * dimensions];
        for (int i = 0; i < seed.length; i++) {
            seed[i] = (float) gradient[part[i / dimensions]][i % dimensions];
        }
        return seed;
    }
}
