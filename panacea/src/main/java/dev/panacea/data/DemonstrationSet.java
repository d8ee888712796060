package dev.panacea.data;

import java.util.ArrayList;
import java.util.List;

/** Demonstrations of named preference dimensions. */
public record DemonstrationSet(List<String> dimensions, List<Demonstration> demonstrations) {

    public DemonstrationSet {
        dimensions = Dimensions.checked(dimensions);
        demonstrations = List.copyOf(demonstrations);
        for (Demonstration demonstration : demonstrations) {
            if (demonstration.dimension() >= dimensions.size()) {
                throw new IllegalArgumentException("dimension " + demonstration.dimension() + " is none of " + dimensions);
            }
        }
    }

    public int size() {
        return demonstrations.size();
    }

    /** How many demonstrations each dimension has. */
    public int[] counts() {
        int[] counts = new int[dimensions.size()];
        for (Demonstration demonstration : demonstrations) {
            counts[demonstration.dimension()]++;
        }
        return counts;
    }

    /** As {@link PreferenceSet#split}, and with the same seed the same prompts are held out. */
    public Split<DemonstrationSet> split(double heldOut, long seed) {
        PromptHash hash = new PromptHash(seed);
        List<Demonstration> train = new ArrayList<>();
        List<Demonstration> held = new ArrayList<>();
        for (Demonstration demonstration : demonstrations) {
            (hash.below(demonstration.prompt(), heldOut) ? held : train).add(demonstration);
        }
        return new Split<>(new DemonstrationSet(dimensions, train), new DemonstrationSet(dimensions, held));
    }

    /** {@code count} demonstrations drawn by {@code seed}, in their present order; all of them when there are no more. */
    public DemonstrationSet subset(int count, long seed) {
        return new DemonstrationSet(dimensions, SeededOrder.choose(demonstrations, count, seed));
    }
}
