package dev.panacea.transformer.config;

/** How the rotary frequencies are stretched for contexts longer than those trained on. */
public sealed interface RopeScaling {

    /** Frequencies as they are. */
    record None() implements RopeScaling { }

    /** Every frequency divided by {@code factor}. */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            requireFactor(factor);
        }
    }

    /**
     * Llama 3: wavelengths longer than {@code originalMaxPositions / lowFrequencyFactor} are stretched by {@code factor}, those
     * shorter than {@code originalMaxPositions / highFrequencyFactor} stay, those between are blended.
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalMaxPositions)
        implements RopeScaling {
        public Llama3 {
            requireFactor(factor);
            if (!(lowFrequencyFactor > 0 && highFrequencyFactor > lowFrequencyFactor && Double.isFinite(highFrequencyFactor))) {
                throw new IllegalArgumentException("0 < low_freq_factor < high_freq_factor must hold, not "
                    + lowFrequencyFactor + " and " + highFrequencyFactor);
            }
            if (originalMaxPositions < 1) {
                throw new IllegalArgumentException("original_max_position_embeddings must be positive, not " + originalMaxPositions);
            }
        }
    }

    private static void requireFactor(double factor) {
        if (!(factor >= 1 && Double.isFinite(factor))) {
            throw new IllegalArgumentException("the factor must be at least 1, not " + factor);
        }
    }
}
