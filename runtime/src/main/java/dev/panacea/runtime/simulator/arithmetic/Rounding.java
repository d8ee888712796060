package dev.panacea.runtime.simulator.arithmetic;

/** How a value that a format lacks becomes one that it has: .rn, .rz, .rm, .rp and, for tf32 alone, .rna. */
public enum Rounding {
    NEAREST_EVEN, ZERO, DOWN, UP, NEAREST_AWAY;

    /** {@code x} as an integral number, of the same sign even if zero; NaN and infinities stay. */
    double integral(double x) {
        return switch (this) {
            case NEAREST_EVEN -> Math.rint(x);
            case ZERO -> x < 0 ? Math.ceil(x) : Math.floor(x);
            case DOWN -> Math.floor(x);
            case UP -> Math.ceil(x);
            case NEAREST_AWAY -> throw noTiesAway();
        };
    }

    /**
     * By how many units in the last place (1, 0 or -1) the magnitude of {@code nearest} must grow to be what this mode makes of
     * {@code nearest + error}, of which {@code nearest} has the sign and is a neighbour; to nearest even it already is.
     */
    int step(double nearest, double error) {
        boolean negative = Double.doubleToRawLongBits(nearest) < 0;
        return switch (this) {
            case NEAREST_EVEN -> 0;
            case ZERO -> negative ? shrinks(error > 0) : shrinks(error < 0);
            case DOWN -> error < 0 ? away(negative) : 0;
            case UP -> error > 0 ? away(!negative) : 0;
            case NEAREST_AWAY -> throw noTiesAway();
        };
    }

    private static int shrinks(boolean beyond) {
        return beyond ? -1 : 0;
    }

    private static int away(boolean outward) {
        return outward ? 1 : -1;
    }

    private static IllegalArgumentException noTiesAway() {
        return new IllegalArgumentException("PTX rounds to nearest with ties away (.rna) only in cvt to tf32");
    }
}
