package dev.panacea.preference;

/** max_i λ_i (L_i − z_i): works on whichever dimension is worst by its weight, and so also reaches fronts that are not convex. */
public record Tchebycheff(IdealPoint ideal) implements Scalarization {

    public Tchebycheff() {
        this(IdealPoint.ZERO);
    }

    @Override
    public double value(double[] preference, double[] losses) {
        double[] terms = ideal.terms(preference, losses);
        return terms[worst(preference, terms)];
    }

    @Override
    public double[] weights(double[] preference, double[] losses) {
        double[] weights = new double[preference.length];
        int worst = worst(preference, ideal.terms(preference, losses));
        weights[worst] = preference[worst];
        return weights;
    }

    @Override
    public boolean needsLosses() {
        return true;
    }

    // Of equal terms the one with the greater weight: where all are 0, a dimension nobody asked for must not win.
    // Double.compare puts NaN on top, so that a diverged loss is never hidden.
    private static int worst(double[] preference, double[] terms) {
        int worst = 0;
        for (int i = 1; i < terms.length; i++) {
            int order = Double.compare(terms[i], terms[worst]);
            if (order > 0 || order == 0 && preference[i] > preference[worst]) {
                worst = i;
            }
        }
        return worst;
    }
}
