package dev.panacea.evaluation;

import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/**
 * Whether two quantities rise together, from −1 to 1. A quantity that never changes has no ranks; its correlation is given as
 * 0, since nothing follows the other.
 */
public final class RankCorrelation {

    private RankCorrelation() {
    }

    /** Kendall's τ-b of paired values: (concordant − discordant) / √(pairs untied in a · pairs untied in b). */
    public static double kendall(double[] a, double[] b) {
        checkPairs(a, b);
        long agreement = 0;
        long untiedA = 0;
        long untiedB = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < i; j++) {
                double orderA = Math.signum(a[i] - a[j]);
                double orderB = Math.signum(b[i] - b[j]);
                agreement += (long) (orderA * orderB);
                untiedA += (long) Math.abs(orderA);
                untiedB += (long) Math.abs(orderB);
            }
        }
        return untiedA == 0 || untiedB == 0 ? 0 : agreement / Math.sqrt((double) untiedA * untiedB);
    }

    /** Spearman's ρ of paired values: the linear correlation of their ranks, ties sharing their mean rank. */
    public static double spearman(double[] a, double[] b) {
        checkPairs(a, b);
        double[] ranksA = ranks(a);
        double[] ranksB = ranks(b);
        double mean = (a.length + 1) / 2.0;
        double covariance = 0;
        double varianceA = 0;
        double varianceB = 0;
        for (int i = 0; i < a.length; i++) {
            covariance += (ranksA[i] - mean) * (ranksB[i] - mean);
            varianceA += (ranksA[i] - mean) * (ranksA[i] - mean);
            varianceB += (ranksB[i] - mean) * (ranksB[i] - mean);
        }
        return varianceA == 0 || varianceB == 0 ? 0 : covariance / Math.sqrt(varianceA * varianceB);
    }

    /** For each dimension i, Kendall's τ-b of objective J_i against the weight λ_i over the solutions, ↑. */
    public static double[] kendallByDimension(List<Preference> preferences, double[][] vectors) {
        return byDimension(preferences, vectors, RankCorrelation::kendall);
    }

    /** For each dimension i, Spearman's ρ of objective J_i against the weight λ_i over the solutions, ↑. */
    public static double[] spearmanByDimension(List<Preference> preferences, double[][] vectors) {
        return byDimension(preferences, vectors, RankCorrelation::spearman);
    }

    private static double[] byDimension(List<Preference> preferences, double[][] vectors,
                                        ToDoubleBiFunction<double[], double[]> correlation) {
        int dimensions = ObjectiveVectors.dimensions(vectors, 2, "rank correlation");
        return IntStream.range(0, dimensions).mapToDouble(i -> correlation.applyAsDouble(
            preferences.stream().mapToDouble(preference -> preference.weight(i)).toArray(),
            Arrays.stream(vectors).mapToDouble(vector -> vector[i]).toArray())).toArray();
    }

    private static double[] ranks(double[] values) {
        return Arrays.stream(values).map(value -> {
            long smaller = Arrays.stream(values).filter(other -> other < value).count();
            long equal = Arrays.stream(values).filter(other -> other == value).count();
            return smaller + (equal + 1) / 2.0;
        }).toArray();
    }

    private static void checkPairs(double[] a, double[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("rank correlation needs pairs, not " + a.length + " and " + b.length + " values");
        }
        if (a.length < 2) {
            throw new BadInputException("rank correlation needs at least 2 solutions, not " + a.length + "; evaluate more preferences");
        }
        if (!Arrays.stream(a).allMatch(Double::isFinite) || !Arrays.stream(b).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("rank correlation needs finite values");
        }
    }
}
