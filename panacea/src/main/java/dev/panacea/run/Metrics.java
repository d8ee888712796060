package dev.panacea.run;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import dev.panacea.preference.Preference;

/**
 * What one optimiser step reports: a line of {@code metrics.jsonl}.
 *
 * @param step optimiser steps done, this one included: from 1
 * @param loss the loss L_i of each dimension; NaN, in the file null, where no item of the batch was judged in it
 * @param total the scalarized loss
 * @param gradientNorm before clipping
 * @param lambda the preference of the batch; of its first item where each has its own
 * @param active the dimension that the scalarization weighed most
 * @param tokens tokens seen since the beginning
 * @param tokensPerSecond over this step
 * @param seconds since the beginning, over all resumptions
 */
public record Metrics(
    long step,
    @JsonSerialize(using = MissingNumbers.Writer.class) @JsonDeserialize(using = MissingNumbers.Reader.class) double[] loss,
    double total,
    double gradientNorm,
    double learningRate,
    Preference lambda,
    int active,
    long tokens,
    double tokensPerSecond,
    double seconds) {
}
