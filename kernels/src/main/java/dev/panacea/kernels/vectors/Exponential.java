package dev.panacea.kernels.vectors;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code e^x} of a vector by additions, products and shifts alone. The Vector API's own EXP is a native routine in optimised
 * code and {@link Math#exp} before that: its last bit depends on when the method was compiled, and so would a training run.
 */
public final class Exponential {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /** The least argument whose exponential is a normal number. */
    private static final float LEAST = -87.33654f;
    private static final float LOG2_E = 0x1.715476p0f;
    private static final float LN2 = 0x1.62e43p-1f;
    private static final float LN2_REST = -0x1.05c61p-29f;

    /** Added to a small number, leaves its nearest integer in the lowest bits of the significand. */
    private static final float ROUNDER = 0x1.8p23f;
    private static final int SIGNIFICAND_BITS = 23;

    // e^r = 1 + r + r²(C2 + C3·r + …) for |r| ≤ ln2/2, to 3e-9 relative (weighted minimax fit).
    private static final float C2 = 0.49999994f;
    private static final float C3 = 0.16666521f;
    private static final float C4 = 0.04166839f;
    private static final float C5 = 0.008368745f;
    private static final float C6 = 0.001381454f;

    private Exponential() { }

    /** Within two units in the last place for x ≤ 88; 0 where the result would be subnormal, -∞ included. */
    public static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUNDER));
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2), x);
        r = n.fma(FloatVector.broadcast(FLOATS, -LN2_REST), r);
        FloatVector e = r.fma(FloatVector.broadcast(FLOATS, C6), FloatVector.broadcast(FLOATS, C5));
        e = e.fma(r, FloatVector.broadcast(FLOATS, C4));
        e = e.fma(r, FloatVector.broadcast(FLOATS, C3));
        e = e.fma(r, FloatVector.broadcast(FLOATS, C2));
        e = e.fma(r, FloatVector.broadcast(FLOATS, 1));
        e = e.fma(r, FloatVector.broadcast(FLOATS, 1));
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, SIGNIFICAND_BITS);
        return e.reinterpretAsInts().add(exponent).reinterpretAsFloats().blend(0, x.compare(VectorOperators.LT, LEAST));
    }
}
