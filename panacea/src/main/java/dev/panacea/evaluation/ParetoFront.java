package dev.panacea.evaluation;

import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * One system evaluated over a grid of preferences, and its indicators on the objective vectors J = −loss (larger is better).
 *
 * @param dimensions the names of the m dimensions, in the order of every point's entries
 * @param points at least one; all that were evaluated, dominated or not
 */
public record ParetoFront(List<String> dimensions, List<FrontPoint> points) {

    public ParetoFront {
        dimensions = List.copyOf(dimensions);
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new BadInputException("a front has no points; evaluate at least one preference");
        }
        for (FrontPoint point : points) {
            if (point.preference().dimensions() != dimensions.size()) {
                throw new BadInputException("a front of the dimensions " + dimensions + " has a point for the preference "
                    + point.preference() + "; every preference needs one weight for each");
            }
        }
    }

    /** Reads what {@link #write} wrote; anything else is a {@link BadInputException} that names the file. */
    public static ParetoFront read(Path file) {
        return Json.read(file, ParetoFront.class);
    }

    /** Writes the front as JSON, whole or not at all. */
    public void write(Path file) {
        Json.write(file, this);
    }

    /** The preferences of the points, in order. */
    public List<Preference> preferences() {
        return points.stream().map(FrontPoint::preference).toList();
    }

    /** The objective vectors J = −loss, N × m, in order. */
    public double[][] objectives() {
        return points.stream().map(FrontPoint::objectives).toArray(double[][]::new);
    }

    /** The points that no other dominates; of equal ones the first. */
    public ParetoFront nonDominated() {
        return new ParetoFront(dimensions, Arrays.stream(ObjectiveVectors.nonDominated(objectives())).mapToObj(points::get).toList());
    }

    /** See {@link Hypervolume}. */
    public HypervolumeEstimate hypervolume(double[] reference) {
        return HypervolumeEstimate.of(objectives(), reference);
    }

    /** See {@link FrontShape#innerProduct}. */
    public double innerProduct() {
        return FrontShape.innerProduct(preferences(), objectives());
    }

    /** See {@link FrontShape#sparsity}. */
    public double sparsity() {
        return FrontShape.sparsity(objectives());
    }

    /** See {@link FrontShape#spacing}. */
    public double spacing() {
        return FrontShape.spacing(objectives());
    }

    /** See {@link FrontShape#span}. */
    public double[] span() {
        return FrontShape.span(objectives());
    }

    /** See {@link RankCorrelation#kendallByDimension}. */
    public double[] kendall() {
        return RankCorrelation.kendallByDimension(preferences(), objectives());
    }
}
