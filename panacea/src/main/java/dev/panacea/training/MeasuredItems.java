package dev.panacea.training;

import dev.panacea.objective.Objective;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Which items of a data set an evaluation measures on. */
final class MeasuredItems {
    private MeasuredItems() { }

    static int[] all(Objective objective) {
        return IntStream.range(0, objective.items()).toArray();
    }

    /**
     * {@code count} items at even distances, in their order, and one more for each dimension that none of them judges though some
     * item does: data sets often hold one dimension's pairs behind the other's.
     */
    static int[] spread(Objective objective, int count) {
        int items = objective.items();
        if (count >= items) {
            return all(objective);
        }
        TreeSet<Integer> chosen = new TreeSet<>();
        for (long i = 0; i < count; i++) {
            chosen.add((int) ((2 * i + 1) * items / (2L * count)));
        }
        for (int d = 0; d < objective.dimensions().size(); d++) {
            int dimension = d;
            if (chosen.stream().noneMatch(item -> objective.weight(item, dimension) > 0)) {
                IntStream.range(0, items).filter(item -> objective.weight(item, dimension) > 0).findFirst().ifPresent(chosen::add);
            }
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }
}
