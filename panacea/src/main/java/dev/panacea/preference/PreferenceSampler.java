package dev.panacea.preference;

import dev.panacea.runtime.BadInputException;
import java.util.stream.IntStream;

/**
 * Where the preferences of training come from. A draw is a pure function of the sampler, the step and the index within the
 * step (0 where a batch has one preference, else the sequence's), so a resumed run needs no generator state.
 */
public sealed interface PreferenceSampler {

    /** The preference of {@code index} at {@code step}, both ≥ 0. */
    Preference at(long step, int index);

    /**
     * A preference for one item that only the {@code judged} (m) of the dimensions judge: drawn in proportion to Λ, the sum of their
     * weights, because an item that its preference hardly weighs teaches little; {@link Draw#importance} makes up for it, so that the
     * expected gradient is that of {@link #at} (importance sampling). An item that all judge gets just that.
     */
    default Draw forItem(long step, int index, boolean[] judged) {
        return new Draw(at(step, index), 1);
    }

    /**
     * A preference and what its item counts by.
     *
     * @param importance E[Λ] / Λ
     */
    record Draw(Preference preference, double importance) { }

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
        private static final int NONE = -1;

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
                : dirichlet(random, NONE);
        }

        // λ_i times the distribution of λ is, but for its scale, vertex i as often as before, else a Dirichlet distribution with one more
        // in the concentration of i; and Λ times it is all of these, one for each judged dimension, alike.
        @Override
        public Draw forItem(long step, int index, boolean[] judged) {
            int[] own = IntStream.range(0, dimensions).filter(i -> judged[i]).toArray();
            if (own.length == 0 || own.length == dimensions) {
                return new Draw(at(step, index), 1);
            }
            PhiloxRandom random = new PhiloxRandom(seed, step, index);
            int favoured = own[random.below(own.length)];
            Preference preference = random.uniform() < vertexProbability
                ? Preference.vertex(dimensions, favoured) : dirichlet(random, favoured);
            double weight = IntStream.of(own).mapToDouble(preference::weight).sum();
            return new Draw(preference, (double) own.length / dimensions / weight);
        }

        // Gamma draws divided by their sum; shifted by the largest logarithm first, so that they never all underflow.
        private Preference dirichlet(PhiloxRandom random, int favoured) {
            double[] weights = new double[dimensions];
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < dimensions; i++) {
                weights[i] = random.logGamma(i == favoured ? concentration + 1 : concentration);
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
