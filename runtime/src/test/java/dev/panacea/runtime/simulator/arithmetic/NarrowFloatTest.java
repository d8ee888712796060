package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** f16 and bf16: every conversion of every value, arithmetic against exact sums and products. */
class NarrowFloatTest {
    private static final int PATTERNS = 1 << 16;
    private static final int SAMPLES = 200_000;
    private static final int[] CORNERS = {0x0000, 0x0001, 0x0003, 0x007f, 0x0080, 0x03ff, 0x0400, 0x1400, 0x3bff, 0x3c00, 0x3c01, 0x3f7f,
        0x3f80, 0x3f81, 0x4200, 0x5bff, 0x7bff, 0x7c00, 0x7c01, 0x7e00, 0x7f7f, 0x7f80, 0x7f81, 0x7fff};

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    enum Type {
        HALF(Exact.Format.F16, 5) {
            @Override
            float toFloat(short x) {
                return Half.toFloat(x);
            }

            @Override
            short fromFloat(float x, Rounding rounding) {
                return Conversions.toHalf(x, rounding, false, false);
            }

            @Override
            short fromDouble(double x, Rounding rounding) {
                return Conversions.toHalf(x, rounding);
            }

            @Override
            int[] operations(int a, int b, int c) {
                return new int[] {Half.add(a, b, false, false), Half.sub(a, b, false, false), Half.mul(a, b, false, false),
                    Half.fma(a, b, c, false, false, false), Half.min(a, b, false, false), Half.max(a, b, true, false)};
            }

            @Override
            short[] scalars(short a, short b, short c) {
                return new short[] {Half.add(a, b, false, false), Half.sub(a, b, false, false), Half.mul(a, b, false, false),
                    Half.fma(a, b, c, false, false, false), Half.min(a, b, false, false), Half.max(a, b, true, false)};
            }
        },
        BFLOAT(Exact.Format.BF16, 8) {
            @Override
            float toFloat(short x) {
                return BFloat16.toFloat(x);
            }

            @Override
            short fromFloat(float x, Rounding rounding) {
                return Conversions.toBFloat16(x, rounding, false, false);
            }

            @Override
            short fromDouble(double x, Rounding rounding) {
                return Conversions.toBFloat16(x, rounding);
            }

            @Override
            int[] operations(int a, int b, int c) {
                return new int[] {BFloat16.add(a, b), BFloat16.sub(a, b), BFloat16.mul(a, b), BFloat16.fma(a, b, c, false),
                    BFloat16.min(a, b, false), BFloat16.max(a, b, true)};
            }

            @Override
            short[] scalars(short a, short b, short c) {
                return new short[] {BFloat16.add(a, b), BFloat16.sub(a, b), BFloat16.mul(a, b), BFloat16.fma(a, b, c, false),
                    BFloat16.min(a, b, false), BFloat16.max(a, b, true)};
            }
        };

        final Exact.Format format;
        final int exponentBits;

        Type(Exact.Format format, int exponentBits) {
            this.format = format;
            this.exponentBits = exponentBits;
        }

        abstract float toFloat(short x);

        abstract short fromFloat(float x, Rounding rounding);

        abstract short fromDouble(double x, Rounding rounding);

        abstract int[] operations(int a, int b, int c);

        abstract short[] scalars(short a, short b, short c);

        /** The value by the format's definition. */
        double value(int bits) {
            int fractionBits = 15 - exponentBits;
            int exponent = bits >> fractionBits & (1 << exponentBits) - 1;
            int fraction = bits & (1 << fractionBits) - 1;
            double magnitude;
            if (exponent == (1 << exponentBits) - 1) {
                magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            } else {
                int hidden = exponent == 0 ? 0 : 1 << fractionBits;
                magnitude = Math.scalb((double) (fraction | hidden), Math.max(exponent, 1) - (1 << exponentBits - 1) + 1 - fractionBits);
            }
            return (bits & 0x8000) != 0 ? -magnitude : magnitude;
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyValueConvertsThereAndBack(Type type) {
        for (int bits = 0; bits < PATTERNS; bits++) {
            double value = type.value(bits);
            float actual = type.toFloat((short) bits);
            assertEquals(canonical(value), Float.floatToRawIntBits(actual), () -> "widening");
            for (Rounding rounding : Corners.DIRECTED) {
                int back = type.fromFloat(actual, rounding) & 0xffff;
                assertEquals(value != value ? 0x7fff : bits, back, () -> "narrowing " + rounding);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatLiesBetweenNeighboursIsRoundedInEveryMode(Type type) {
        int infinity = (1 << type.exponentBits) - 1 << 15 - type.exponentBits;
        for (int bits = 0; bits < infinity; bits++) {
            double low = type.value(bits);
            double high = bits + 1 == infinity ? 2 * type.value(bits) - type.value(bits - 1) : type.value(bits + 1);
            float middle = (float) ((low + high) / 2);
            float[] between = {Math.nextUp((float) low), Math.nextDown(middle), middle, Math.nextUp(middle), Math.nextDown((float) high)};
            for (float x : between) {
                if (low < x && x < high) {
                    checkNarrowing(type, x);
                    checkNarrowing(type, -x);
                }
            }
        }
        checkNarrowing(type, Float.MAX_VALUE);
        checkNarrowing(type, -Float.MIN_VALUE);
    }

    private void checkNarrowing(Type type, double x) {
        for (Rounding rounding : Corners.DIRECTED) {
            int expected = canonical(Exact.of(x).round(type.format, rounding));
            assertEquals(expected, Float.floatToRawIntBits(type.toFloat(type.fromFloat((float) x, rounding))), () -> rounding + " " + x);
            double beside = Math.nextUp(x);
            int expectedBeside = canonical(Exact.of(beside).round(type.format, rounding));
            assertEquals(expectedBeside, Float.floatToRawIntBits(type.toFloat(type.fromDouble(beside, rounding))), () -> "of double");
        }
    }

    @ParameterizedTest
    @EnumSource
    void arithmeticIsExactAndRoundedOnce(Type type) {
        for (int a : CORNERS) {
            for (int b : CORNERS) {
                for (int c : CORNERS) {
                    checkArithmetic(type, a, b, c);
                    checkArithmetic(type, a | 0x8000, b, c);
                    checkArithmetic(type, a, b, c | 0x8000);
                }
            }
        }
        for (int i = 0; i < SAMPLES; i++) {
            checkArithmetic(type, random.nextInt(PATTERNS), random.nextInt(PATTERNS), random.nextInt(PATTERNS));
            checkUnderflowing(type);
        }
    }

    /** A product about the size of the least subnormal. */
    private void checkUnderflowing(Type type) {
        int exponent = random.nextInt(type.format.least() + 10, 0);
        int other = type.format.least() - exponent + random.nextInt(-4, 4);
        int a = type.fromFloat((float) Math.scalb(random.nextDouble(1, 2), exponent), Rounding.ZERO);
        int b = type.fromFloat((float) Math.scalb(random.nextDouble(1, 2), other), Rounding.ZERO);
        checkArithmetic(type, a & 0xffff, b & 0xffff, random.nextInt(4));
    }

    private void checkArithmetic(Type type, int a, int b, int c) {
        double x = type.value(a);
        double y = type.value(b);
        double z = type.value(c);
        Rounding even = Rounding.NEAREST_EVEN;
        double[] expected = {ExactOperation.ADD.apply(x, y, type.format, even), ExactOperation.ADD.apply(x, -y, type.format, even),
            ExactOperation.MUL.apply(x, y, type.format, even), ExactOperation.fma(x, y, z, type.format, even),
            x != x ? y : y != y ? x : Math.min(x, y), Math.max(x, y)};
        short[] actual = type.scalars((short) a, (short) b, (short) c);
        for (int i = 0; i < expected.length; i++) {
            int bits = Float.floatToRawIntBits(type.toFloat(actual[i]));
            if (canonical(expected[i]) != bits || expected[i] != expected[i] && actual[i] != 0x7fff) {
                assertEquals(expected[i], type.toFloat(actual[i]), "operation " + i + " of " + x + ", " + y + ", " + z + ", seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void pairsAreTwoScalars(Type type) {
        for (int i = 0; i < SAMPLES; i++) {
            int a = random.nextInt();
            int b = random.nextInt();
            int c = random.nextInt();
            short[] low = type.scalars((short) a, (short) b, (short) c);
            short[] high = type.scalars((short) (a >> 16), (short) (b >> 16), (short) (c >> 16));
            int[] pairs = type.operations(a, b, c);
            for (int operation = 0; operation < pairs.length; operation++) {
                assertEquals(high[operation] << 16 | low[operation] & 0xffff, pairs[operation], () -> "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void comparisonsGiveOnesAndZeros(Type type) {
        for (int i = 0; i < SAMPLES; i++) {
            short a = (short) random.nextInt();
            short b = (short) (random.nextBoolean() ? a : random.nextInt());
            for (Comparison comparison : new Comparison[] {Comparison.EQ, Comparison.LT, Comparison.GEU, Comparison.NE, Comparison.NAN}) {
                boolean holds = comparison.holds(type.value(a), type.value(b));
                short actual = type == Type.HALF ? Half.set(comparison, a, b, false) : BFloat16.set(comparison, a, b);
                assertEquals(holds ? 1f : 0f, type.toFloat(actual), () -> "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void reluKeepsNaNAndDropsSigns(Type type) {
        short one = type.fromFloat(1, Rounding.NEAREST_EVEN);
        for (int bits = 0; bits < PATTERNS; bits++) {
            double value = type.value(bits);
            short fused = type == Type.HALF ? Half.fma((short) bits, one, (short) 0x8000, false, false, true)
                : BFloat16.fma((short) bits, one, (short) 0x8000, true);
            short converted = type == Type.HALF ? Conversions.toHalf((float) value, Rounding.ZERO, true, false)
                : Conversions.toBFloat16((float) value, Rounding.ZERO, true, false);
            int expected = value != value ? 0x7fff : value <= 0 ? 0 : bits;
            assertEquals(expected, fused & 0xffff);
            assertEquals(expected, converted & 0xffff);
        }
    }

    @ParameterizedTest
    @EnumSource
    void finiteConversionsStopAtTheGreatest(Type type) {
        float greatest = (float) type.value(((1 << type.exponentBits) - 1 << 15 - type.exponentBits) - 1);
        for (float x : new float[] {Float.POSITIVE_INFINITY, Float.MAX_VALUE}) {
            assertEquals(greatest, finite(type, x));
            assertEquals(-greatest, finite(type, -x));
        }
        assertEquals(0x7fffffff, Float.floatToRawIntBits(finite(type, Float.NaN)));
        assertTrue(finite(type, 1.5f) == 1.5f);
    }

    private static float finite(Type type, float x) {
        return type == Type.HALF ? Half.toFloat(Conversions.toHalf(x, Rounding.NEAREST_EVEN, false, true))
            : BFloat16.toFloat(Conversions.toBFloat16(x, Rounding.NEAREST_EVEN, false, true));
    }

    private static int canonical(double x) {
        return x != x ? 0x7fffffff : Float.floatToRawIntBits((float) x);
    }
}
