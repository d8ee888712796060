package dev.panacea.runtime.simulator.arithmetic;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;

/** Operands where arithmetic goes wrong if it does, and random ones that meet: near in exponent, subnormal, huge. */
final class Corners {
    static final Rounding[] DIRECTED = {Rounding.NEAREST_EVEN, Rounding.ZERO, Rounding.DOWN, Rounding.UP};

    private static final double[] POSITIVE_F32 = {0, Float.MIN_VALUE, 3 * Float.MIN_VALUE, 0x0.fffffep-126, Float.MIN_NORMAL,
        0x1.000002p-126, 0x1p-75, 0x1p-24, 0x1.fffffep-25, 0x0.fffffep0, 1, 0x1.000002p0, 1.5, 3, 0x1.fffffep23, 0x1p24, 0x1.000002p24,
        0x1p126, 0x1.000002p126, 0x1p127, Float.MAX_VALUE, Double.POSITIVE_INFINITY, Double.NaN};
    private static final double[] POSITIVE_F64 = {0, Double.MIN_VALUE, 3 * Double.MIN_VALUE, 0x0.fffffffffffffp-1022, Double.MIN_NORMAL,
        0x1.0000000000001p-1022, 0x1p-538, 0x1p-53, 0x1.fffffffffffffp-54, 0x1.fffffffffffffp-1, 1, 0x1.0000000000001p0, 3,
        0x1p53, 0x1.0000000000001p53, 0x1p511, 0x1p1022, Double.MAX_VALUE, Double.POSITIVE_INFINITY, Double.NaN};

    private Corners() { }

    static float[] floats() {
        double[] values = bothSigns(POSITIVE_F32);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    static double[] doubles() {
        return bothSigns(POSITIVE_F64);
    }

    static long freshSeed() {
        return new SplittableRandom().nextLong();
    }

    /** A float of any bits, or one within 30 binades of {@code near}. */
    static float random(RandomGenerator random, float near) {
        if (random.nextInt(3) == 0 || !(Math.abs(near) <= Float.MAX_VALUE)) {
            return Float.intBitsToFloat(random.nextInt());
        }
        return (float) Math.scalb(random.nextDouble(-2, 2), Math.getExponent((double) near) + random.nextInt(-30, 31));
    }

    /** A double of any bits, or one within 60 binades of {@code near}. */
    static double random(RandomGenerator random, double near) {
        if (random.nextInt(3) == 0 || !(Math.abs(near) <= Double.MAX_VALUE)) {
            return Double.longBitsToDouble(random.nextLong());
        }
        return Math.scalb(random.nextDouble(-2, 2), Math.getExponent(near) + random.nextInt(-60, 61));
    }

    private static double[] bothSigns(double[] positive) {
        return DoubleStream.concat(Arrays.stream(positive), Arrays.stream(positive).map(x -> -x)).toArray();
    }
}
