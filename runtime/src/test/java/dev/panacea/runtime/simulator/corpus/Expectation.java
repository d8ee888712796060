package dev.panacea.runtime.simulator.corpus;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;

/** What device memory must hold after a launch. */
@FunctionalInterface
public interface Expectation {

    /** The first thing that is wrong with {@code actual}; empty when nothing is. */
    Optional<String> mismatch(MemorySegment actual);

    /** The same bits as {@code array}, of a primitive type, except that every NaN equals every other. */
    static Expectation exact(Object array) {
        return switch (array) {
            case float[] a -> actual -> first(a.length, i -> !same(a[i], floatAt(actual, i)),
                i -> a[i] + " expected, not " + floatAt(actual, i));
            case double[] a -> actual -> first(a.length, i -> !same(a[i], doubleAt(actual, i)),
                i -> a[i] + " expected, not " + doubleAt(actual, i));
            case long[] a -> actual -> first(a.length, i -> a[i] != longAt(actual, i),
                i -> Long.toHexString(a[i]) + " expected, not " + Long.toHexString(longAt(actual, i)));
            case int[] a -> actual -> first(a.length, i -> a[i] != intAt(actual, i),
                i -> hex(a[i]) + " expected, not " + hex(intAt(actual, i)));
            case short[] a -> actual -> first(a.length, i -> a[i] != actual.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i),
                i -> hex(a[i] & 0xffff) + " expected, not " + hex(actual.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i) & 0xffff));
            case byte[] a -> actual -> first(a.length, i -> a[i] != actual.get(ValueLayout.JAVA_BYTE, i),
                i -> hex(a[i] & 0xff) + " expected, not " + hex(actual.get(ValueLayout.JAVA_BYTE, i) & 0xff));
            default -> throw new IllegalArgumentException("no array of numbers: " + array.getClass().getName());
        };
    }

    /** float32 values no further than {@code bound} from {@code expected}; NaN and infinities as expected. */
    static Expectation floats(double[] expected, IntToDoubleFunction bound) {
        return actual -> first(expected.length, i -> isOff(expected[i], floatAt(actual, i), bound.applyAsDouble(i)),
            i -> expected[i] + " ± " + bound.applyAsDouble(i) + " expected, not " + floatAt(actual, i));
    }

    /** float32 values within so many units in the last place of {@code expected}. */
    static Expectation floatsWithinUlps(double[] expected, double ulps) {
        return floats(expected, i -> ulps * Math.ulp((float) expected[i]));
    }

    /** float64 values within so many units in the last place of {@code expected}. */
    static Expectation doublesWithinUlps(double[] expected, double ulps) {
        return actual -> first(expected.length, i -> isOff(expected[i], doubleAt(actual, i), ulps * Math.ulp(expected[i])),
            i -> expected[i] + " ± " + ulps + " ulp expected, not " + doubleAt(actual, i));
    }

    private static Optional<String> first(int count, IntPredicate wrong, IntFunction<String> message) {
        for (int i = 0; i < count; i++) {
            if (wrong.test(i)) {
                return Optional.of("element " + i + ": " + message.apply(i));
            }
        }
        return Optional.empty();
    }

    private static boolean isOff(double expected, double actual, double bound) {
        if (Double.isNaN(expected) || Double.isInfinite(expected)) {
            return Double.compare(expected, actual) != 0;
        }
        return !(Math.abs(actual - expected) <= bound);
    }

    private static boolean same(double expected, double actual) {
        return Double.doubleToLongBits(expected) == Double.doubleToLongBits(actual);
    }

    private static String hex(int bits) {
        return "0x" + Integer.toHexString(bits);
    }

    private static float floatAt(MemorySegment segment, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index);
    }

    private static double doubleAt(MemorySegment segment, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, index);
    }

    private static long longAt(MemorySegment segment, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, index);
    }

    private static int intAt(MemorySegment segment, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index);
    }
}
