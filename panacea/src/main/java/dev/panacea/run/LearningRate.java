package dev.panacea.run;

import dev.panacea.runtime.BadInputException;

/**
 * The learning rate as a pure function of the step: a linear rise to {@code peak} over the first ⌈warmup · steps⌉ steps, then
 * the schedule.
 *
 * @param peak the highest rate, ≥ 0
 * @param steps how many optimiser steps the whole training takes
 * @param warmup share of the steps that the rise takes, in [0, 1]
 */
public record LearningRate(Schedule schedule, double peak, long steps, double warmup) {

    public static final double DEFAULT_WARMUP = 0.03;

    /** What follows the warm-up: half a cosine down to 0, or the peak for ever. */
    public enum Schedule { COSINE, CONSTANT }

    public LearningRate {
        if (!(peak >= 0 && Double.isFinite(peak))) {
            throw new BadInputException("the learning rate is " + peak + "; it must be 0 or more");
        }
        if (!(warmup >= 0 && warmup <= 1)) {
            throw new BadInputException("the warm-up takes the share " + warmup + " of the steps; it must lie in [0, 1]");
        }
        if (steps < 1) {
            throw new BadInputException("the learning rate is planned for " + steps + " steps; training needs at least one");
        }
    }

    /** The rate of optimiser step {@code step}, counted from 0; never 0 before the end, so that no step is wasted. */
    public double at(long step) {
        long rise = (long) Math.ceil(warmup * steps);
        if (step < rise) {
            return peak * (step + 1) / rise;
        }
        return switch (schedule) {
            case CONSTANT -> peak;
            case COSINE -> step >= steps ? 0 : peak * 0.5 * (1 + StrictMath.cos(Math.PI * (step - rise) / (steps - rise)));
        };
    }
}
