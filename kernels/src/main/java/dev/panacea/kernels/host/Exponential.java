package dev.panacea.kernels.host;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * e^x to about one unit in the last place, from exactly defined operations only. The vector API's own EXP calls another routine
 * once compiled than while interpreted, so its bits would depend on how warm the code is.
 */
public final class Exponential {
    private static final float LOG2_E = 1.44269504f;
    // ln 2 in two floats; the first has so few digits that its products with whole numbers up to 2^8 are exact
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = (float) (StrictMath.log(2) - LN2_HIGH);
    // added to a small float, this leaves its nearest whole number in the low mantissa bits
    private static final float ROUNDER = 0x1.8p23f;
    private static final int EXPONENT_BIAS = 127;
    private static final int MANTISSA_BITS = 23;
    // below the first e^x rounds to 0, above the second to infinity
    private static final float LEAST = -104;
    private static final float MOST = 89;

    private Exponential() { }

    /** e^x lane by lane: 0 and infinity beyond float's range, subnormals as they are, NaN for NaN. */
    public static FloatVector of(FloatVector x) {
        FloatVector shifted = x.mul(LOG2_E).add(ROUNDER);
        FloatVector whole = shifted.sub(ROUNDER);
        FloatVector rest = whole.fma(Lanes.all(-LN2_HIGH), x);
        rest = whole.fma(Lanes.all(-LN2_LOW), rest);
        IntVector n = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDER));
        // two factors, since 2^n alone would leave float's range at both ends
        IntVector half = n.lanewise(VectorOperators.ASHR, 1);
        FloatVector result = series(rest).mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
        VectorMask<Float> under = x.compare(VectorOperators.LT, LEAST);
        VectorMask<Float> over = x.compare(VectorOperators.GT, MOST);
        return result.blend(0, under).blend(Float.POSITIVE_INFINITY, over);
    }

    // Taylor to degree 7: on |r| ≤ ln 2 / 2 what is cut off is below a tenth of a rounding error
    private static FloatVector series(FloatVector r) {
        FloatVector p = Lanes.all(1f / 5040);
        p = p.fma(r, Lanes.all(1f / 720));
        p = p.fma(r, Lanes.all(1f / 120));
        p = p.fma(r, Lanes.all(1f / 24));
        p = p.fma(r, Lanes.all(1f / 6));
        p = p.fma(r, Lanes.all(0.5f));
        p = p.fma(r, Lanes.all(1));
        return p.fma(r, Lanes.all(1));
    }

    private static FloatVector powerOfTwo(IntVector n) {
        return n.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
    }}
