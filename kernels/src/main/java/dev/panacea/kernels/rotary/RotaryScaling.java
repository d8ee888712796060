package dev.panacea.kernels.rotary;

import dev.panacea.runtime.BadInputException;

/** How a model stretches its rotary frequencies to reach more positions than it was first trained on ({@code rope_scaling}). */
public sealed interface RotaryScaling {

    /**
     * The frequency used in place of {@code frequency}.
     *
     * @param frequency angle a position, in radians
     */
    double apply(double frequency);

    /** Frequencies as they are. */
    record None() implements RotaryScaling {
        @Override
        public double apply(double frequency) {
            return frequency;
        }
    }

    /** Position interpolation (Chen et al. 2023): every frequency divided by {@code factor}. */
    record Linear(double factor) implements RotaryScaling {
        public Linear {
            if (!(factor >= 1 && Double.isFinite(factor))) {
                throw new BadInputException("rope_scaling of type linear needs a factor of at least 1, not " + factor);
            }
        }

        @Override
        public double apply(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * The scheme of Llama 3.1: waves that turn often within the original context stay, those that do not complete enough turns are
     * stretched by {@code factor}, and between them the share of each grows linearly with the number of turns.
     *
     * @param lowFrequencyFactor turns within {@code originalPositions} up to which a wave is stretched fully
     * @param highFrequencyFactor turns from which on it is left alone
     * @param originalPositions context length of the first training
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions) implements RotaryScaling {
        public Llama3 {
            if (!(factor >= 1 && lowFrequencyFactor > 0 && highFrequencyFactor > lowFrequencyFactor && originalPositions > 0
                && Double.isFinite(factor) && Double.isFinite(highFrequencyFactor))) {
                throw new BadInputException("rope_scaling of type llama3 needs factor ≥ 1 (is " + factor
                    + "), 0 < low_freq_factor < high_freq_factor (are " + lowFrequencyFactor + " and " + highFrequencyFactor
                    + ") and original_max_position_embeddings > 0 (is " + originalPositions + ")");
            }
        }

        @Override
        public double apply(double frequency) {
            double turns = originalPositions * frequency / (2 * Math.PI);
            double unchanged = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            double share = Math.clamp(unchanged, 0.0, 1.0);
            return share * frequency + (1 - share) * frequency / factor;
        }
    }
}
