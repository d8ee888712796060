package dev.panacea.data;

import dev.panacea.runtime.BadInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Parts a batch into micro-batches that each fit a token budget, the same way every time.
 *
 * @param tokens the tokens a row occupies, by row index
 * @param name what to call a row in an error, by row index
 */
public record MicroBatches(IntUnaryOperator tokens, IntFunction<String> name) {

    /** In which order rows are laid into micro-batches. */
    public enum Order {
        /** As in the batch; a micro-batch is closed as soon as the next row does not fit. */
        AS_GIVEN,
        /** Longest row first into the first micro-batch with room: fewest micro-batches, and a shortage of memory shows at once. */
        LONGEST_FIRST
    }

    private static final class Bin {
        private final List<Integer> rows = new ArrayList<>();
        private long used;

        void add(int row, int tokens) {
            rows.add(row);
            used += tokens;
        }
    }

    /**
     * Every row of {@code batch} in exactly one micro-batch.
     *
     * @throws BadInputException when one row alone needs more than {@code budget} tokens
     */
    public List<int[]> split(int[] batch, int budget, Order order) {
        List<Bin> bins = new ArrayList<>();
        for (int row : ordered(batch, order)) {
            int needed = tokens.applyAsInt(row);
            if (needed > budget) {
                throw new BadInputException("Row " + name.apply(row) + " needs " + needed + " tokens but a micro-batch may hold " + budget
                    + "; allow " + needed + " tokens a micro-batch or shorten prompts and responses.");
            }
            roomFor(needed, budget, bins, order).add(row, needed);
        }
        return bins.stream().map(bin -> bin.rows.stream().mapToInt(Integer::intValue).toArray()).toList();
    }

    private List<Integer> ordered(int[] batch, Order order) {
        List<Integer> rows = new ArrayList<>();
        for (int row : batch) {
            rows.add(row);
        }
        if (order == Order.LONGEST_FIRST) {
            rows.sort(Comparator.comparingInt(tokens::applyAsInt).reversed());
        }
        return rows;
    }

    private static Bin roomFor(int needed, int budget, List<Bin> bins, Order order) {
        int first = order == Order.LONGEST_FIRST ? 0 : Math.max(0, bins.size() - 1);
        for (Bin bin : bins.subList(first, bins.size())) {
            if (bin.used + needed <= budget) {
                return bin;
            }
        }
        bins.add(new Bin());
        return bins.getLast();
    }
}
