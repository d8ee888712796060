package dev.panacea.data.source;

import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.ReadReport;
import dev.panacea.data.RowTally;
import dev.panacea.runtime.BadInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings together what different rows, perhaps of different files, say of the same pair: rows with one prompt and the same two
 * responses, in either order, become one pair with all their labels. A dimension that is judged both ways is not judged at all.
 */
final class PairJoin {

    static final String IDENTICAL = "identical responses";
    static final String EMPTY = "empty response";
    static final String REPEATED = "repeats an earlier judgement";
    static final String CONTRADICTED = "contradicted by another row";

    /** A pair whichever way round its responses are given. */
    private record Key(String prompt, String lower, String upper) { }

    /** What one row said, in the orientation of its joined pair. */
    private record Judgement(int pair, byte[] labels) { }

    private static final class Joined {
        private final PreferencePair first;
        private final byte[] labels;
        private final boolean[] contradicted;

        Joined(PreferencePair first) {
            this.first = first;
            this.labels = new byte[first.labels().length];
            this.contradicted = new boolean[labels.length];
        }

        void judge(byte[] said) {
            for (int d = 0; d < labels.length; d++) {
                contradicted[d] |= labels[d] * said[d] < 0;
                labels[d] = labels[d] == 0 ? said[d] : labels[d];
            }
        }

        boolean settled(int dimension) {
            return labels[dimension] != 0 && !contradicted[dimension];
        }

        byte[] agreed() {
            byte[] agreed = new byte[labels.length];
            for (int d = 0; d < agreed.length; d++) {
                agreed[d] = settled(d) ? labels[d] : 0;
            }
            return agreed;
        }
    }

    private final List<String> dimensions;
    private final RowTally tally = new RowTally();
    private final Map<Key, Integer> known = new HashMap<>();
    private final List<Joined> pairs = new ArrayList<>();
    private final List<Judgement> judgements = new ArrayList<>();

    PairJoin(List<String> dimensions) {
        this.dimensions = dimensions;
    }

    void drop(String reason) {
        tally.drop(reason);
    }

    /** A row that judges one dimension; {@code label} as in {@link PreferencePair}. */
    void add(Row row, String prompt, String response0, String response1, int dimension, byte label) {
        byte[] labels = new byte[dimensions.size()];
        labels[dimension] = label;
        add(row, prompt, response0, response1, labels);
    }

    void add(Row row, String prompt, String response0, String response1, byte[] labels) {
        if (response0.isBlank() || response1.isBlank()) {
            drop(EMPTY);
        } else if (response0.equals(response1)) {
            drop(IDENTICAL);
        } else {
            join(new PreferencePair(row.where(), prompt, response0, response1, labels));
        }
    }

    private void join(PreferencePair pair) {
        boolean ordered = pair.response0().compareTo(pair.response1()) < 0;
        Key key = new Key(pair.prompt(), ordered ? pair.response0() : pair.response1(), ordered ? pair.response1() : pair.response0());
        int index = known.computeIfAbsent(key, absent -> {
            pairs.add(new Joined(pair));
            return pairs.size() - 1;
        });
        Joined joined = pairs.get(index);
        byte[] labels = pair.labels();
        if (!joined.first.response0().equals(pair.response0())) {
            for (int d = 0; d < labels.length; d++) {
                labels[d] = (byte) -labels[d];
            }
        }
        joined.judge(labels);
        judgements.add(new Judgement(index, labels));
    }

    /**
     * The joined pairs in the order of their first rows.
     *
     * @param source how to call the input in an error
     * @throws BadInputException when no pair is left
     */
    Loaded<PreferenceSet> finish(String source) {
        account();
        ReadReport report = tally.report();
        List<PreferencePair> kept = new ArrayList<>();
        for (Joined joined : pairs) {
            byte[] labels = joined.agreed();
            if (anyJudged(labels)) {
                PreferencePair first = joined.first;
                kept.add(new PreferencePair(first.id(), first.prompt(), first.response0(), first.response1(), labels));
            }
        }
        if (kept.isEmpty()) {
            throw new BadInputException("The " + source + " data has no usable pair (" + report + ").");
        }
        return new Loaded<>(new PreferenceSet(dimensions, kept), report);
    }

    /** A row is kept when it is the first to say something that stands. */
    private void account() {
        boolean[][] said = new boolean[pairs.size()][dimensions.size()];
        for (Judgement judgement : judgements) {
            Joined joined = pairs.get(judgement.pair);
            boolean stands = false;
            boolean news = false;
            for (int d = 0; d < judgement.labels.length; d++) {
                if (judgement.labels[d] != 0 && joined.settled(d)) {
                    stands = true;
                    news |= !said[judgement.pair][d];
                    said[judgement.pair][d] = true;
                }
            }
            if (news) {
                tally.keep();
            } else {
                drop(stands ? REPEATED : CONTRADICTED);
            }
        }
    }

    private static boolean anyJudged(byte[] labels) {
        for (byte label : labels) {
            if (label != 0) {
                return true;
            }
        }
        return false;
    }
}
