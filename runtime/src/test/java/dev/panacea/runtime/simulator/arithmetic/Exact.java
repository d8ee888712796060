package dev.panacea.runtime.simulator.arithmetic;

import java.math.BigInteger;

/**
 * {@code significand · 2^exponent}, the oracle of these tests. Quotients and roots have two hundred bits and, as their last, whether
 * anything is missing behind them, which rounds to shorter formats as the true value does.
 */
record Exact(BigInteger significand, int exponent) {
    private static final int BITS = 200;

    /** Binary format: bits of the significand, exponent of the least subnormal, exponent of the greatest number's leading bit. */
    record Format(int precision, int least, int greatest) {
        static final Format F16 = new Format(11, -24, 15);
        static final Format BF16 = new Format(8, -133, 127);
        static final Format TF32 = new Format(11, -136, 127);
        static final Format F32 = new Format(24, -149, 127);
        static final Format F64 = new Format(53, -1074, 1023);
    }

    static Exact of(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long fraction = bits & (1L << 52) - 1;
        int biased = (int) (bits >>> 52) & 0x7ff;
        BigInteger magnitude = BigInteger.valueOf(biased == 0 ? fraction : fraction | 1L << 52);
        return new Exact(x < 0 ? magnitude.negate() : magnitude, Math.max(biased, 1) - 1075);
    }

    static Exact of(BigInteger x) {
        return new Exact(x, 0);
    }

    boolean isZero() {
        return significand.signum() == 0;
    }

    Exact plus(Exact other) {
        int shared = Math.min(exponent, other.exponent);
        return new Exact(significand.shiftLeft(exponent - shared).add(other.significand.shiftLeft(other.exponent - shared)), shared);
    }

    Exact times(Exact other) {
        return new Exact(significand.multiply(other.significand), exponent + other.exponent);
    }

    Exact over(Exact other) {
        int shift = BITS + other.significand.bitLength();
        BigInteger[] parts = significand.abs().shiftLeft(shift).divideAndRemainder(other.significand.abs());
        BigInteger magnitude = sticky(parts);
        boolean negative = significand.signum() * other.significand.signum() < 0;
        return new Exact(negative ? magnitude.negate() : magnitude, exponent - other.exponent - shift - 1);
    }

    Exact root() {
        int shift = 2 * BITS + (exponent & 1);
        return new Exact(sticky(significand.shiftLeft(shift).sqrtAndRemainder()), (exponent - shift) / 2 - 1);
    }

    private static BigInteger sticky(BigInteger[] parts) {
        return parts[0].shiftLeft(1).or(parts[1].signum() == 0 ? BigInteger.ZERO : BigInteger.ONE);
    }

    /** The value of {@code format} that this rounds to, held in a double; zeros have this number's sign, and 0 is +0. */
    double round(Format format, Rounding rounding) {
        boolean negative = significand.signum() < 0;
        BigInteger magnitude = significand.abs();
        int drop = Math.max(0, Math.max(magnitude.bitLength() - format.precision, format.least - exponent));
        BigInteger kept = magnitude.shiftRight(drop);
        BigInteger twiceRest = magnitude.subtract(kept.shiftLeft(drop)).shiftLeft(1);
        int half = twiceRest.compareTo(BigInteger.ONE.shiftLeft(drop));
        boolean up = twiceRest.signum() != 0 && switch (rounding) {
            case NEAREST_EVEN -> half > 0 || half == 0 && kept.testBit(0);
            case NEAREST_AWAY -> half >= 0;
            case ZERO -> false;
            case DOWN -> negative;
            case UP -> !negative;
        };
        BigInteger rounded = up ? kept.add(BigInteger.ONE) : kept;
        double value;
        if (rounded.bitLength() + exponent + drop > format.greatest + 1) {
            boolean infinite = switch (rounding) {
                case NEAREST_EVEN, NEAREST_AWAY -> true;
                case ZERO -> false;
                case DOWN -> negative;
                case UP -> !negative;
            };
            double greatest = Math.scalb((double) ((1L << format.precision) - 1), format.greatest - format.precision + 1);
            value = infinite ? Double.POSITIVE_INFINITY : greatest;
        } else {
            // in two steps: a significand with zeros behind it and an exponent below double's least make a double together
            int zeros = Math.max(0, rounded.getLowestSetBit());
            value = Math.scalb(rounded.shiftRight(zeros).doubleValue(), exponent + drop + zeros);
        }
        return negative ? -value : value;
    }
}
