package dev.panacea.config;

import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.runtime.BadInputException;
import java.util.List;

/**
 * Where training's preferences come from.
 *
 * @param vertexProbability how often a vertex of the simplex is drawn
 * @param concentration of the Dirichlet distribution that is drawn from otherwise; 1 is uniform
 * @param fixed one preference for the whole run instead; empty for drawing
 * @param perSequence whether every pair of a batch draws its own
 */
public record PreferenceConfig(double vertexProbability, double concentration, List<Double> fixed, boolean perSequence) {

    public PreferenceConfig {
        // what draws is built from these values much later, when the data are ready; a wrong one is refused now
        new PreferenceSampler.VertexMix(0, 1, vertexProbability, concentration);
        if (!fixed.isEmpty()) {
            preference(fixed);
        }
    }

    static PreferenceConfig defaults() {
        return new PreferenceConfig(PreferenceSampler.VertexMix.DEFAULT_VERTEX_PROBABILITY,
            PreferenceSampler.VertexMix.DEFAULT_CONCENTRATION, List.of(), false);
    }

    /** @throws BadInputException when the fixed preference has another number of entries than there are dimensions */
    public PreferenceSampler sampler(long seed, int dimensions) {
        if (fixed.isEmpty()) {
            return new PreferenceSampler.VertexMix(seed, dimensions, vertexProbability, concentration);
        }
        if (fixed.size() != dimensions) {
            throw new BadInputException("preference.fixed has " + fixed.size() + " entries, but the data has " + dimensions
                + " dimensions; give one for each");
        }
        return new PreferenceSampler.Fixed(preference(fixed));
    }

    private static Preference preference(List<Double> weights) {
        return Preference.of(weights.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
