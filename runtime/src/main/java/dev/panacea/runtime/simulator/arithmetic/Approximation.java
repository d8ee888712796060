package dev.panacea.runtime.simulator.arithmetic;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * 2^x and log2 x in double, good to about 2^-33 relative: once for one value and once for four, with the same operations in the
 * same order, so that both give the same bits.
 */
final class Approximation {
    // 2^x = 1 + x·(P0 + P1·x + …) for |x| ≤ 1/2: interpolated at Chebyshev nodes, 2^-33 relative
    private static final double P0 = 0x1.62e42fefa39efp-1;
    private static final double P1 = 0x1.ebfbe045f4d3cp-3;
    private static final double P2 = 0x1.c6b08d883dca1p-5;
    private static final double P3 = 0x1.3b2a1b7152befp-7;
    private static final double P4 = 0x1.5d879ead06a82p-10;
    private static final double P5 = 0x1.443fffc90db59p-13;
    private static final double P6 = 0x1.00a581594758ep-16;

    // log2 m = s·(Q0 + Q1·s² + …), s = (m - 1)/(m + 1), for √½ ≤ m < √2: likewise, 2^-37 relative
    private static final double Q0 = 0x1.71547652bed13p+1;
    private static final double Q1 = 0x1.ec709d13c0821p-1;
    private static final double Q2 = 0x1.27777f461993ep-1;
    private static final double Q3 = 0x1.a58dceca72ce8p-2;
    private static final double Q4 = 0x1.5ce39e0f72792p-2;

    /** Beyond these, a float is 0 or infinite, and the double exponent still holds. */
    private static final double FAR = 200;
    /** Added to a small number, leaves its nearest integer in the lowest bits of the significand. */
    private static final double ROUNDER = 0x1.8p52;
    private static final int SIGNIFICAND_BITS = 52;

    private static final long SQRT_HALF = 0x3fe6a09e667f3bcdL;
    // keeps exponents positive, so that a logical shift extracts them; as a double's lowest bits they then are 2^52 too much
    private static final long EXPONENT_OFFSET = 0x400L;
    private static final long INTEGER_DOUBLE = 0x4330000000000000L;
    private static final double INTEGER_EXCESS = 0x1p52 + EXPONENT_OFFSET;

    private Approximation() { }

    /** 2^x; 2^±200 beyond; NaN of NaN. */
    static double exp2(double x) {
        double y = x < -FAR ? -FAR : x;
        y = y > FAR ? FAR : y;
        double shifted = y + ROUNDER;
        double f = y - (shifted - ROUNDER);
        double p = Math.fma(f, P6, P5);
        p = Math.fma(p, f, P4);
        p = Math.fma(p, f, P3);
        p = Math.fma(p, f, P2);
        p = Math.fma(p, f, P1);
        p = Math.fma(p, f, P0);
        p = Math.fma(p, f, 1);
        return Double.longBitsToDouble(
            Double.doubleToRawLongBits(p) + (Double.doubleToRawLongBits(shifted) << SIGNIFICAND_BITS));
    }

    static DoubleVector exp2(DoubleVector x) {
        var species = Lanes.DOUBLES;
        DoubleVector y = x.blend(-FAR, x.compare(VectorOperators.LT, -FAR));
        y = y.blend(FAR, y.compare(VectorOperators.GT, FAR));
        DoubleVector shifted = y.add(ROUNDER);
        DoubleVector f = y.sub(shifted.sub(ROUNDER));
        DoubleVector p = f.fma(DoubleVector.broadcast(species, P6), DoubleVector.broadcast(species, P5));
        p = p.fma(f, DoubleVector.broadcast(species, P4));
        p = p.fma(f, DoubleVector.broadcast(species, P3));
        p = p.fma(f, DoubleVector.broadcast(species, P2));
        p = p.fma(f, DoubleVector.broadcast(species, P1));
        p = p.fma(f, DoubleVector.broadcast(species, P0));
        p = p.fma(f, DoubleVector.broadcast(species, 1));
        LongVector scale = shifted.reinterpretAsLongs().lanewise(VectorOperators.LSHL, SIGNIFICAND_BITS);
        return p.reinterpretAsLongs().add(scale).reinterpretAsDoubles();
    }

    /** log2 of a positive normal number within a float's range. */
    static double log2(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long exponent = bits - SQRT_HALF + (EXPONENT_OFFSET << SIGNIFICAND_BITS) >>> SIGNIFICAND_BITS;
        double m = Double.longBitsToDouble(bits - (exponent - EXPONENT_OFFSET << SIGNIFICAND_BITS));
        double whole = Double.longBitsToDouble(exponent | INTEGER_DOUBLE) - INTEGER_EXCESS;
        double s = (m - 1) / (m + 1);
        double z = s * s;
        double q = Math.fma(z, Q4, Q3);
        q = Math.fma(q, z, Q2);
        q = Math.fma(q, z, Q1);
        q = Math.fma(q, z, Q0);
        return Math.fma(q, s, whole);
    }

    static DoubleVector log2(DoubleVector x) {
        var species = Lanes.DOUBLES;
        LongVector bits = x.reinterpretAsLongs();
        LongVector exponent = bits.add((EXPONENT_OFFSET << SIGNIFICAND_BITS) - SQRT_HALF)
            .lanewise(VectorOperators.LSHR, SIGNIFICAND_BITS);
        DoubleVector m = bits.sub(exponent.sub(EXPONENT_OFFSET).lanewise(VectorOperators.LSHL, SIGNIFICAND_BITS)).reinterpretAsDoubles();
        DoubleVector whole = exponent.or(INTEGER_DOUBLE).reinterpretAsDoubles().sub(INTEGER_EXCESS);
        DoubleVector s = m.sub(1).div(m.add(1));
        DoubleVector z = s.mul(s);
        DoubleVector q = z.fma(DoubleVector.broadcast(species, Q4), DoubleVector.broadcast(species, Q3));
        q = q.fma(z, DoubleVector.broadcast(species, Q2));
        q = q.fma(z, DoubleVector.broadcast(species, Q1));
        q = q.fma(z, DoubleVector.broadcast(species, Q0));
        return q.fma(s, whole);
    }
}
