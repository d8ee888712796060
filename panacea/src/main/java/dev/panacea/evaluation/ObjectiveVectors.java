package dev.panacea.evaluation;

import dev.panacea.runtime.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What every indicator needs of its objective vectors: N × m numbers, larger is better. */
final class ObjectiveVectors {

    private ObjectiveVectors() {
    }

    /** The number of objectives m of vectors that must be of one size and finite; fewer than {@code least} are bad input. */
    static int dimensions(double[][] vectors, int least, String indicator) {
        if (vectors.length < least) {
            throw new BadInputException(indicator + " needs at least " + least + " solutions, not " + vectors.length
                + "; evaluate more preferences");
        }
        int dimensions = vectors[0].length;
        for (double[] vector : vectors) {
            if (vector.length == 0 || vector.length != dimensions || !Arrays.stream(vector).allMatch(Double::isFinite)) {
                throw new IllegalArgumentException(indicator + " needs finite objective vectors of one size, not "
                    + Arrays.toString(vector));
            }
        }
        return dimensions;
    }

    /** Whether {@code a} is at least as good as {@code b} everywhere. */
    static boolean covers(double[] a, double[] b) {
        for (int i = 0; i < a.length; i++) {
            if (a[i] < b[i]) {
                return false;
            }
        }
        return true;
    }

    /** The places of the non-dominated vectors, in their order; of equal vectors the first. */
    static int[] nonDominated(double[][] vectors) {
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            if (!coveredByAnother(vectors, i)) {
                kept.add(i);
            }
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean coveredByAnother(double[][] vectors, int i) {
        for (int j = 0; j < vectors.length; j++) {
            boolean equal = Arrays.equals(vectors[i], vectors[j]);
            if (equal ? j < i : covers(vectors[j], vectors[i])) {
                return true;
            }
        }
        return false;
    }
}
