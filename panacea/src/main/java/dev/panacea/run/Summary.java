package dev.panacea.run;

import dev.panacea.evaluation.FrontComparison;
import dev.panacea.evaluation.FrontPoint;
import dev.panacea.evaluation.HypervolumeEstimate;
import dev.panacea.evaluation.Json;
import dev.panacea.evaluation.ParetoFront;
import dev.panacea.preference.Preference;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * {@code summary.json}: what a run cost and what it reached. Rows are grid points in the order of {@code lambdaGrid}, columns
 * dimensions; every indicator is of the objective vectors J = −loss on the evaluation split.
 *
 * @param precision of the arithmetic in the step
 * @param seconds of training, over all resumptions
 * @param peakBytes the most device memory held at once
 * @param trainSplit the data that was trained on
 * @param evaluationSplit the data that all numbers below are measured on
 * @param loss (N, m)
 * @param accuracy (N, m), rows empty where the objective has no pairs
 * @param margin (N, m), rows empty where the objective has no pairs
 * @param hypervolume above {@code referencePoint}, as both that follow
 * @param hypervolumeBase of the model with its adapter off
 * @param hypervolumeFixedLambda of the models trained for one preference each; null where none were trained
 * @param referencePoint (m), shared by all systems
 * @param kendall τ-b of J_i against λ_i, for each dimension
 */
public record Summary(
    long seed,
    String device,
    String precision,
    double seconds,
    double tokensPerSecond,
    long peakBytes,
    String trainSplit,
    String evaluationSplit,
    List<String> dimensions,
    List<Preference> lambdaGrid,
    List<double[]> loss,
    List<double[]> accuracy,
    List<double[]> margin,
    double hypervolume,
    double hypervolumeBase,
    Double hypervolumeFixedLambda,
    double[] referencePoint,
    double[] kendall,
    double innerProduct,
    double sparsity,
    double spacing) {

    /** What training was and what it took; the fields of the same names. */
    public record Training(long seed, String device, String precision, double seconds, double tokensPerSecond, long peakBytes,
                           String split) {
    }

    /** The summary of a run whose systems were compared on {@code evaluationSplit}. */
    public static Summary of(Training training, String evaluationSplit, FrontComparison comparison) {
        ParetoFront front = comparison.front();
        return new Summary(
            training.seed(), training.device(), training.precision(),
            training.seconds(), training.tokensPerSecond(), training.peakBytes(),
            training.split(), evaluationSplit,
            front.dimensions(), front.preferences(),
            rows(front, FrontPoint::loss), rows(front, FrontPoint::accuracy), rows(front, FrontPoint::margin),
            comparison.hypervolume().value(), comparison.baseHypervolume().value(),
            comparison.fixedHypervolume().map(HypervolumeEstimate::value).orElse(null),
            comparison.reference(), front.kendall(), front.innerProduct(), front.sparsity(), front.spacing());
    }

    /** Writes the summary as JSON, whole or not at all. */
    public void write(Path file) {
        Json.write(file, this);
    }

    private static List<double[]> rows(ParetoFront front, Function<FrontPoint, double[]> row) {
        return front.points().stream().map(row).toList();
    }
}
