package dev.panacea.preference;

import dev.panacea.runtime.BadInputException;

/**
 * Where the preferences of training come from. A draw is a pure function of the sampler, the step and the index within the
 * step (0 where a batch has one preference, else the sequence's), so a resumed run needs no generator state.
 */
public sealed interface PreferenceSampler {

    /** The preference of {@code index} at {@code step}, both ≥ 0. */
    Preference at(long step, int index);

    /** The same preference always. */
    record Fixed(Preference preference) implements PreferenceSampler {
        @Override
        public Preference at(long step, int index) {
            return preference;
        }
    }

    /**
     * A uniformly chosen vertex with probability {@code vertexProbability}, else a draw of the symmetric Dirichlet distribution
     * (concentration 1 is uniform on the simplex, below 1 nearer its corners and edges, above 1 nearer its centre).
     */
    record VertexMix(long seed, int dimensions, double vertexProbability, double concentration) implements PreferenceSampler {

        public static final double DEFAULT_VERTEX_PROBABILITY = 0.2;
        public static final double DEFAULT_CONCENTRATION = 1;

        public VertexMix {
            if (dimensions < 1) {
                throw new BadInputException("preferences need at least one dimension, not " + dimensions);
            }
            if (!(vertexProbability >= 0 && vertexProbability <= 1)) {
                throw new BadInputException("the probability of a vertex is " + vertexProbability + "; it must lie in [0, 1]");
            }
            if (!(concentration > 0 && Double.isFinite(concentration))) {
                throw new BadInputException("the Dirichlet concentration is " + concentration + "; it must be positive");
            }
        }

        public VertexMix(long seed, int dimensions) {
            this(seed, dimensions, DEFAULT_VERTEX_PROBABILITY, DEFAULT_CONCENTRATION);
        }

        @Override
        public Preference at(long step, int index) {
            PhiloxRandom random = new PhiloxRandom(seed, step, index);
            return random.uniform() < vertexProbability
                ? Preference.vertex(dimensions, random.below(dimensions))
                : dirichlet(random);
        }

        // Gamma draws divided by their sum; shifted by the largest logarithm first, so that they never all underflow.
        private Preference dirichlet(PhiloxRandom random) {
            double[] weights = new double[dimensions];
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < dimensions; i++) {
                weights[i] = random.logGamma(concentration);
                largest = Math.max(largest, weights[i]);
            }
            double sum = 0;
            for (int i = 0; i < dimensions; i++) {
                weights[i] = StrictMath.exp(weights[i] - largest);
                sum += weights[i];
            }
            for (int i = 0; i < dimensions; i++) {
                weights[i] /= sum;
            }
            return Preference.of(weights);
        }
    }
}
