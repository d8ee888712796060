package dev.panacea.runtime.simulator.corpus;

import java.math.BigDecimal;

/** The four roundings of IEEE 754, for float32 results of exact arithmetic. */
enum Rounding {
    NEAREST, TO_ZERO, UP, DOWN;

    /** {@code exact}, which is not 0, as float32. */
    float of(BigDecimal exact) {
        float nearest = Math.copySign(exact.floatValue(), exact.signum());
        int side = Float.isInfinite(nearest) ? -exact.signum() : exact.compareTo(new BigDecimal(nearest));
        return directed(nearest, side);
    }

    /** The neighbour of {@code nearest} that this rounding asks for, when the exact value is above (1), at (0) or below (-1) it. */
    float directed(float nearest, int side) {
        boolean negative = Math.copySign(1.0f, nearest) < 0;
        return switch (this) {
            case NEAREST -> nearest;
            case TO_ZERO -> (negative ? side > 0 : side < 0) ? toZero(nearest) : nearest;
            case UP -> side > 0 ? Math.nextUp(nearest) : nearest;
            case DOWN -> side < 0 ? Math.nextDown(nearest) : nearest;
        };
    }

    private static float toZero(float value) {
        float next = Math.nextAfter(value, 0.0);
        return next == 0 ? Math.copySign(0.0f, value) : next;
    }

    float add(float x, float y) {
        if (!Float.isFinite(x) || !Float.isFinite(y)) {
            return x + y;
        }
        BigDecimal exact = new BigDecimal(x).add(new BigDecimal(y));
        return exact.signum() == 0 ? zero(x, y) : of(exact);
    }

    float multiply(float x, float y) {
        if (!Float.isFinite(x) || !Float.isFinite(y) || x == 0 || y == 0) {
            return x * y;
        }
        return of(new BigDecimal(x).multiply(new BigDecimal(y)));
    }

    float fma(float x, float y, float z) {
        if (!Float.isFinite(x) || !Float.isFinite(y) || !Float.isFinite(z)) {
            return Math.fma(x, y, z);
        }
        BigDecimal exact = new BigDecimal(x).multiply(new BigDecimal(y)).add(new BigDecimal(z));
        if (exact.signum() != 0) {
            return of(exact);
        }
        return zero(Math.copySign(1.0f, x) * Math.copySign(1.0f, y), z);
    }

    float divide(float x, float y) {
        float nearest = x / y;
        if (!Float.isFinite(x) || !Float.isFinite(y) || x == 0 || y == 0) {
            return nearest;
        }
        int sign = x < 0 == y < 0 ? 1 : -1;
        int side = Float.isInfinite(nearest) ? -sign
            : new BigDecimal(x).compareTo(new BigDecimal(nearest).multiply(new BigDecimal(y))) * (y < 0 ? -1 : 1);
        return directed(nearest, side);
    }

    /** The sign of a sum that is exactly 0. */
    private float zero(float x, float y) {
        boolean bothNegative = Math.copySign(1.0f, x) < 0 && Math.copySign(1.0f, y) < 0;
        boolean bothPositive = Math.copySign(1.0f, x) > 0 && Math.copySign(1.0f, y) > 0;
        return bothNegative || this == DOWN && !bothPositive ? -0.0f : 0.0f;
    }
}
