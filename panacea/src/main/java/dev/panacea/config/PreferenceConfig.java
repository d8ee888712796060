package dev.panacea.config;

import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceSampler;
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

    static PreferenceConfig defaults() {
        return new PreferenceConfig(PreferenceSampler.VertexMix.DEFAULT_VERTEX_PROBABILITY,
            PreferenceSampler.VertexMix.DEFAULT_CONCENTRATION, List.of(), false);
    }

    public PreferenceSampler sampler(long seed, int dimensions) {
        return fixed.isEmpty()
            ? new PreferenceSampler.VertexMix(seed, dimensions, vertexProbability, concentration)
            : new PreferenceSampler.Fixed(Preference.of(fixed.stream().mapToDouble(Double::doubleValue).toArray()));
    }
}
