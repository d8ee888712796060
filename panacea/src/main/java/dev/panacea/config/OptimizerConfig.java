package dev.panacea.config;

import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.run.LearningRate;

/**
 * AdamW and its learning rate.
 *
 * @param warmup share of all steps in which the rate rises from 0
 * @param clip largest gradient norm let through; 0 for no clipping
 */
public record OptimizerConfig(double learningRate, LearningRate.Schedule schedule, double warmup, double beta1, double beta2,
                              double epsilon, double weightDecay, double clip) {

    public OptimizerConfig {
        if (!(learningRate > 0 && Double.isFinite(learningRate))) {
            throw new IllegalArgumentException("learning_rate is " + learningRate + " but must be positive");
        }
        if (!(clip >= 0)) {
            throw new IllegalArgumentException("clip is " + clip + " but must not be negative");
        }
        // what steps is built from these values much later, when the data are ready; a wrong one is refused now
        new AdamW.Settings((float) beta1, (float) beta2, (float) epsilon, (float) weightDecay);
        new LearningRate(schedule, learningRate, 1, warmup);
    }

    static OptimizerConfig defaults() {
        return new OptimizerConfig(2e-4, LearningRate.Schedule.COSINE, LearningRate.DEFAULT_WARMUP, 0.9, 0.95, 1e-8, 0, 1);
    }

    public AdamW.Settings adamW() {
        return new AdamW.Settings((float) beta1, (float) beta2, (float) epsilon, (float) weightDecay);
    }

    public LearningRate rate(long steps) {
        return new LearningRate(schedule, learningRate, steps, warmup);
    }
}
