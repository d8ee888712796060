package dev.panacea.preference;

/** Σ λ_i L_i. */
public record Linear() implements Scalarization {

    @Override
    public double value(double[] preference, double[] losses) {
        double value = 0;
        for (int i = 0; i < preference.length; i++) {
            value += preference[i] * losses[i];
        }
        return value;
    }

    @Override
    public double[] weights(double[] preference, double[] losses) {
        return preference.clone();
    }

    @Override
    public boolean needsLosses() {
        return false;
    }
}
