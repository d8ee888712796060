package dev.panacea.data;

import java.util.ArrayList;
import java.util.List;

/** Pairs judged in the same named dimensions: the data of one training run. */
public record PreferenceSet(List<String> dimensions, List<PreferencePair> pairs) {

    /**
     * How often a dimension was judged.
     *
     * @param firstBetter how many of the {@code judged} pairs prefer response 0
     */
    public record DimensionCount(String dimension, int judged, int firstBetter) { }

    /** Of the pairs that both of two dimensions judge, how many they judge oppositely. */
    public record Agreement(int both, int opposed) { }

    public PreferenceSet {
        dimensions = Dimensions.checked(dimensions);
        pairs = List.copyOf(pairs);
        for (PreferencePair pair : pairs) {
            if (pair.labels().length != dimensions.size()) {
                throw new IllegalArgumentException("pair " + pair.id() + " has " + pair.labels().length + " labels for the dimensions "
                    + dimensions);
            }
        }
    }

    public int size() {
        return pairs.size();
    }

    /** One count a dimension, in their order. */
    public List<DimensionCount> counts() {
        List<DimensionCount> counts = new ArrayList<>();
        for (int d = 0; d < dimensions.size(); d++) {
            int judged = 0;
            int first = 0;
            for (PreferencePair pair : pairs) {
                judged += pair.label(d) != 0 ? 1 : 0;
                first += pair.label(d) > 0 ? 1 : 0;
            }
            counts.add(new DimensionCount(dimensions.get(d), judged, first));
        }
        return counts;
    }

    /** Pairs in which some dimension contradicts another. */
    public int conflicts() {
        return (int) pairs.stream().filter(PreferencePair::conflicting).count();
    }

    public Agreement agreement(int dimension, int other) {
        int both = 0;
        int opposed = 0;
        for (PreferencePair pair : pairs) {
            int product = pair.label(dimension) * pair.label(other);
            both += product != 0 ? 1 : 0;
            opposed += product < 0 ? 1 : 0;
        }
        return new Agreement(both, opposed);
    }

    /**
     * Parts the pairs by prompt: a prompt is held out or trained on with all of its pairs, whatever else the set holds.
     *
     * @param heldOut the expected share of prompts to hold out, in [0, 1]
     */
    public Split<PreferenceSet> split(double heldOut, long seed) {
        PromptHash hash = new PromptHash(seed);
        List<PreferencePair> train = new ArrayList<>();
        List<PreferencePair> held = new ArrayList<>();
        for (PreferencePair pair : pairs) {
            (hash.below(pair.prompt(), heldOut) ? held : train).add(pair);
        }
        return new Split<>(new PreferenceSet(dimensions, train), new PreferenceSet(dimensions, held));
    }

    /** {@code count} pairs drawn by {@code seed}, in their present order; all of them when there are no more. */
    public PreferenceSet subset(int count, long seed) {
        return new PreferenceSet(dimensions, SeededOrder.choose(pairs, count, seed));
    }

    /** What each dimension prefers, to be imitated: one demonstration a judged pair and dimension. */
    public DemonstrationSet demonstrations() {
        List<Demonstration> preferred = new ArrayList<>();
        for (PreferencePair pair : pairs) {
            for (int d = 0; d < dimensions.size(); d++) {
                if (pair.label(d) != 0) {
                    preferred.add(new Demonstration(pair.prompt(), pair.preferred(d), d));
                }
            }
        }
        return new DemonstrationSet(dimensions, preferred);
    }
}
