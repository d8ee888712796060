package dev.panacea.run;

import dev.panacea.evaluation.FrontComparison;
import dev.panacea.evaluation.FrontPoint;
import dev.panacea.evaluation.HypervolumeEstimate;
import dev.panacea.evaluation.Json;
import dev.panacea.evaluation.ParetoFront;
import dev.panacea.preference.Preference;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code summary.json}: what a run cost and what it reached. Rows are grid points in the order of {@code lambdaGrid}, columns
 * dimensions; every indicator is of the objective vectors J = −loss on the evaluation split.
 *
 * @param precision of the arithmetic in the step
 * @param seconds of training, over all resumptions
 * @param peakBytes the most device memory held at once
 * @param plannedPeakBytes what was predicted, of the phase that holds most
 * @param split the data that all numbers but {@code training} are measured on
 * @param loss (N, m)
 * @param accuracy (N, m), rows empty where the objective has no pairs
 * @param margin (N, m), rows empty where the objective has no pairs
 * @param hypervolume above {@code referencePoint}, as both that follow
 * @param hypervolumeBase of the model with its adapter off
 * @param hypervolumeFixedLambda of the models trained for one preference each; null where none were trained
 * @param referencePoint (m), shared by all systems
 * @param kendall τ-b of J_i against λ_i, for each dimension
 * @param training the same on items that were trained on; null where not measured
 */
public record Summary(
    long seed,
    String device,
    String precision,
    double seconds,
    double tokensPerSecond,
    long peakBytes,
    long plannedPeakBytes,
    String split,
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
    double spacing,
    OnTraining training) {

    /** The same comparison on training items, where one was made; the fields of the same names. */
    public record OnTraining(List<double[]> loss, List<double[]> accuracy, double hypervolume, double hypervolumeBase,
                             Double hypervolumeFixedLambda, double[] referencePoint, double[] kendall) {

        static OnTraining of(FrontComparison comparison) {
            ParetoFront front = comparison.front();
            return new OnTraining(rows(front, FrontPoint::loss), rows(front, FrontPoint::accuracy), comparison.hypervolume().value(),
                comparison.baseHypervolume().value(), comparison.fixedHypervolume().map(HypervolumeEstimate::value).orElse(null),
                comparison.reference(), front.kendall());
        }
    }

    /** What training was and what it took; the fields of the same names. */
    public record Training(long seed, String device, String precision, double seconds, double tokensPerSecond, long peakBytes,
                           long plannedPeakBytes) {
    }

    /** The summary of a run whose systems were compared on held-out items, and perhaps on training items too. */
    public static Summary of(Training training, FrontComparison comparison, Optional<FrontComparison> onTraining) {
        ParetoFront front = comparison.front();
        return new Summary(
            training.seed(), training.device(), training.precision(),
            training.seconds(), training.tokensPerSecond(), training.peakBytes(),
            training.plannedPeakBytes(),
            "held-out",
            front.dimensions(), front.preferences(),
            rows(front, FrontPoint::loss), rows(front, FrontPoint::accuracy), rows(front, FrontPoint::margin),
            comparison.hypervolume().value(), comparison.baseHypervolume().value(),
            comparison.fixedHypervolume().map(HypervolumeEstimate::value).orElse(null),
            comparison.reference(), front.kendall(), front.innerProduct(), front.sparsity(), front.spacing(),
            onTraining.map(OnTraining::of).orElse(null));
    }

    /** Writes the summary as JSON, whole or not at all. */
    public void write(Path file) {
        Json.write(file, this);
    }

    private static List<double[]> rows(ParetoFront front, Function<FrontPoint, double[]> row) {
        return front.points().stream().map(row).toList();
    }
}
