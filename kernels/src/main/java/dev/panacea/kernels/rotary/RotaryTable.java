package dev.panacea.kernels.rotary;

/**
 * Cosines and sines of position · frequency, computed in float64 and rounded once.
 *
 * @param cosine (positions, headDimension / 2), row-major
 * @param sine likewise
 */
public record RotaryTable(int positions, int headDimension, float[] cosine, float[] sine) {

    /**
     * The table of frequencies theta^(-2i / headDimension), each passed through {@code scaling}.
     *
     * @param headDimension even
     * @param theta base of the frequencies, above 0
     */
    public static RotaryTable of(int positions, int headDimension, double theta, RotaryScaling scaling) {
        if (positions < 1 || headDimension < 2 || headDimension % 2 != 0 || !(theta > 0)) {
            throw new IllegalArgumentException("no rotary table of " + positions + " positions, head dimension " + headDimension
                + " and theta " + theta);
        }
        double[] frequencies = frequencies(headDimension, theta, scaling);
        int half = frequencies.length;
        float[] cosine = new float[Math.multiplyExact(positions, half)];
        float[] sine = new float[cosine.length];
        for (int at = 0; at < cosine.length; at++) {
            double angle = at / half * frequencies[at % half];
            cosine[at] = (float) Math.cos(angle);
            sine[at] = (float) Math.sin(angle);
        }
        return new RotaryTable(positions, headDimension, cosine, sine);
    }

    /** Radians a position of each pair: [headDimension / 2]. */
    static double[] frequencies(int headDimension, double theta, RotaryScaling scaling) {
        double[] frequencies = new double[headDimension / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = scaling.apply(Math.pow(theta, -2.0 * i / headDimension));
        }
        return frequencies;
    }
}
