package dev.panacea.runtime.simulator.corpus;

/** The 16-bit floating-point formats, rounded to from an exact value. */
enum NarrowFormat {
    HALF(10, -14, 65504), BFLOAT16(7, -126, 0x1.fep127);

    /** What instructions make of every NaN. */
    static final short NAN = 0x7fff;

    private final int mantissaBits;
    private final int leastExponent;
    private final double greatest;

    NarrowFormat(int mantissaBits, int leastExponent, double greatest) {
        this.mantissaBits = mantissaBits;
        this.leastExponent = leastExponent;
        this.greatest = greatest;
    }

    /** The distance of neighbours at {@code value}. */
    double ulp(double value) {
        return Math.scalb(1.0, Math.max(Math.getExponent(value), leastExponent) - mantissaBits);
    }

    short nearest(double exact) {
        return rounded(exact, Rounding.NEAREST);
    }

    short rounded(double exact, Rounding rounding) {
        if (Double.isNaN(exact)) {
            return NAN;
        }
        if (Double.isInfinite(exact)) {
            return bits(exact);
        }
        double units = exact / ulp(exact);
        double whole = switch (rounding) {
            case NEAREST -> Math.rint(units);
            case TO_ZERO -> units < 0 ? Math.ceil(units) : Math.floor(units);
            case UP -> Math.ceil(units);
            case DOWN -> Math.floor(units);
        };
        double result = Math.copySign(whole * ulp(exact), exact);
        return bits(Math.abs(result) > greatest ? overflow(exact, rounding) : result);
    }

    private double overflow(double exact, Rounding rounding) {
        boolean outward = switch (rounding) {
            case NEAREST -> true;
            case TO_ZERO -> false;
            case UP -> exact > 0;
            case DOWN -> exact < 0;
        };
        return Math.copySign(outward ? Double.POSITIVE_INFINITY : greatest, exact);
    }

    private short bits(double representable) {
        return this == HALF ? Float.floatToFloat16((float) representable)
            : (short) (Float.floatToRawIntBits((float) representable) >>> 16);
    }

    float value(short bits) {
        return this == HALF ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }
}
