package dev.panacea.config;

import dev.panacea.preference.Linear;
import dev.panacea.preference.Scalarization;
import dev.panacea.preference.SmoothTchebycheff;
import dev.panacea.preference.Tchebycheff;

/**
 * @param beta β of DPO; not used by SFT
 * @param smoothing μ of the smooth Tchebycheff scalarization; not used by the others
 */
public record ObjectiveConfig(Kind kind, double beta, ScalarizationKind scalarization, double smoothing) {

    /** What is learned from a preference. */
    public enum Kind { DPO, SFT }

    /** How the dimensions' losses become one. */
    public enum ScalarizationKind { LINEAR, TCHEBYCHEFF, SMOOTH_TCHEBYCHEFF }

    public ObjectiveConfig {
        if (!(beta > 0 && Double.isFinite(beta))) {
            throw new IllegalArgumentException("beta is " + beta + " but must be positive");
        }
        if (!(smoothing > 0 && Double.isFinite(smoothing))) {
            throw new IllegalArgumentException("smoothing is " + smoothing + " but must be positive");
        }
    }

    static ObjectiveConfig defaults() {
        return new ObjectiveConfig(Kind.DPO, 0.1, ScalarizationKind.LINEAR, 0.1);
    }

    /** The scalarization of losses whose best conceivable value is 0. */
    public Scalarization scalarize() {
        return switch (scalarization) {
            case LINEAR -> new Linear();
            case TCHEBYCHEFF -> new Tchebycheff();
            case SMOOTH_TCHEBYCHEFF -> new SmoothTchebycheff(smoothing);
        };
    }
}
