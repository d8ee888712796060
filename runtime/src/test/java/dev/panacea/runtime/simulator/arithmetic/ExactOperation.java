package dev.panacea.runtime.simulator.arithmetic;

import java.util.function.DoubleBinaryOperator;

/** What IEEE 754 makes of two operands, or three, in any format and mode: exact arithmetic, then one rounding. */
enum ExactOperation {
    ADD((a, b) -> a + b) {
        @Override
        Exact exact(double a, double b) {
            return Exact.of(a).plus(Exact.of(b));
        }
    },
    MUL((a, b) -> a * b) {
        @Override
        Exact exact(double a, double b) {
            return Exact.of(a).times(Exact.of(b));
        }
    },
    DIV((a, b) -> a / b) {
        @Override
        Exact exact(double a, double b) {
            return Exact.of(a).over(Exact.of(b));
        }
    },
    /** Of the first operand alone. */
    SQRT((a, b) -> Math.sqrt(a)) {
        @Override
        Exact exact(double a, double b) {
            return Exact.of(a).root();
        }
    };

    private final DoubleBinaryOperator special;

    ExactOperation(DoubleBinaryOperator special) {
        this.special = special;
    }

    abstract Exact exact(double a, double b);

    double apply(double a, double b, Exact.Format format, Rounding rounding) {
        boolean singular = !Double.isFinite(a) || !Double.isFinite(b) || this == DIV && b == 0 || this == SQRT && !(a > 0);
        if (singular) {
            return special.applyAsDouble(a, b);
        }
        Exact exact = exact(a, b);
        return exact.isZero() ? zero(a, b, rounding) : exact.round(format, rounding);
    }

    /** {@code a·b + c}. */
    static double fma(double a, double b, double c, Exact.Format format, Rounding rounding) {
        if (!Double.isFinite(a) || !Double.isFinite(b)) {
            return a * b + c;
        }
        if (!Double.isFinite(c)) {
            return c;
        }
        Exact exact = MUL.exact(a, b).plus(Exact.of(c));
        if (!exact.isZero()) {
            return exact.round(format, rounding);
        }
        double product = Math.copySign(1, a) * Math.copySign(1, b);
        return ADD.zero(a == 0 || b == 0 ? Math.copySign(0.0, product) : product, c, rounding);
    }

    private double zero(double a, double b, Rounding rounding) {
        if (this != ADD) {
            return special.applyAsDouble(Math.copySign(0.0, a), Math.copySign(1.0, b));
        }
        boolean sameSign = a == 0 && b == 0 && 1 / a == 1 / b;
        return sameSign ? a : rounding == Rounding.DOWN ? -0.0 : 0.0;
    }
}
