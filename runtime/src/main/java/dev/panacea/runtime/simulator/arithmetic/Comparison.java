package dev.panacea.runtime.simulator.arithmetic;

/**
 * The comparisons of set and setp. On floats the plain ones are false for a NaN operand and those ending in U true; on integers the
 * plain ones are signed and LO, LS, HI and HS unsigned.
 */
public enum Comparison {
    EQ, NE, LT, LE, GT, GE, LO, LS, HI, HS, EQU, NEU, LTU, LEU, GTU, GEU, NUM, NAN;

    public boolean holds(float a, float b) {
        return holds((double) a, (double) b);
    }

    public boolean holds(double a, double b) {
        return switch (this) {
            case EQ -> a == b;
            case NE -> a < b || a > b;
            case LT -> a < b;
            case LE -> a <= b;
            case GT -> a > b;
            case GE -> a >= b;
            case EQU -> !(a < b || a > b);
            case NEU -> a != b;
            case LTU -> !(a >= b);
            case LEU -> !(a > b);
            case GTU -> !(a <= b);
            case GEU -> !(a < b);
            case NUM -> a == a && b == b;
            case NAN -> a != a || b != b;
            case LO, LS, HI, HS -> throw new IllegalArgumentException("comparison " + this + " is for unsigned integers, not for floats");
        };
    }

    /** Of 64-bit integers, or of shorter ones extended by their own sign, or by zeros if of an unsigned type. */
    public boolean holds(long a, long b) {
        return switch (this) {
            case EQ -> a == b;
            case NE -> a != b;
            case LT -> a < b;
            case LE -> a <= b;
            case GT -> a > b;
            case GE -> a >= b;
            case LO -> Long.compareUnsigned(a, b) < 0;
            case LS -> Long.compareUnsigned(a, b) <= 0;
            case HI -> Long.compareUnsigned(a, b) > 0;
            case HS -> Long.compareUnsigned(a, b) >= 0;
            default -> throw new IllegalArgumentException("comparison " + this + " is for floats, not for integers");
        };
    }
}
