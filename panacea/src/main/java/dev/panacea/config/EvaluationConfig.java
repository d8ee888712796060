package dev.panacea.config;

import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceGrid;
import java.util.List;

/**
 * What is measured when training is done.
 *
 * @param gridPoints how many preferences to evaluate at, at most; two dimensions take evenly spaced ones
 * @param trainingItems how many training items, spread over the set, to evaluate on beside the held-out ones; 0 for none
 * @param control whether to train a control too, with λ fixed at the centre, to compare the front with
 */
public record EvaluationConfig(int gridPoints, int trainingItems, boolean control) {

    public EvaluationConfig {
        if (gridPoints < 2 || trainingItems < 0) {
            throw new IllegalArgumentException("grid_points must be at least 2 and training_items not negative");
        }
    }

    static EvaluationConfig defaults() {
        return new EvaluationConfig(11, 0, false);
    }

    public List<Preference> grid(int dimensions) {
        return PreferenceGrid.ofAtMost(gridPoints, dimensions);
    }
}
