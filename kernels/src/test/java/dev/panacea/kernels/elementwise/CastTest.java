package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static dev.panacea.kernels.Oracle.buffer;
import static dev.panacea.kernels.Oracle.poisoned;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CastTest {
    static final int[] COUNTS = Oracle.AWKWARD;
    private static final int ALL_HALVES = 1 << 16;

    /** All 65536 bit patterns of a 16-bit type, widened. */
    private static float[] allWidened(DType dtype) {
        return Oracle.onHost((device, scope) -> {
            HostBuffer x = scope.allocateHost("halves", dtype, ALL_HALVES);
            for (int bits = 0; bits < ALL_HALVES; bits++) {
                x.segment().setAtIndex(ValueLayout.JAVA_SHORT, bits, (short) bits);
            }
            HostBuffer y = poisoned(scope, ALL_HALVES);
            Elementwise.on(device).cast(ALL_HALVES, x, y);
            return y.toFloats();
        });
    }

    @Test
    void everyF16WidensExactly() {
        float[] widened = allWidened(DType.F16);
        for (int bits = 0; bits < ALL_HALVES; bits++) {
            assertEquals(Float.float16ToFloat((short) bits), widened[bits], "bits " + bits);
        }
    }

    @Test
    void everyBf16WidensExactly() {
        float[] widened = allWidened(DType.BF16);
        for (int bits = 0; bits < ALL_HALVES; bits++) {
            assertEquals(Float.intBitsToFloat(bits << 16), widened[bits], "bits " + bits);
        }
    }

    /** x rounded to BF16 by the kernel and widened by hand. */
    private static float[] rounded(float[] x) {
        return Oracle.onHost((device, scope) -> {
            HostBuffer y = scope.allocateHost("halves", DType.BF16, x.length);
            Elementwise.on(device).cast(x.length, buffer(scope, x), y);
            float[] wide = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                wide[i] = Float.intBitsToFloat(y.segment().getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
            }
            return wide;
        });
    }

    @ParameterizedTest
    @FieldSource("COUNTS")
    void bf16IsTheNearest(int count) {
        float[] x = Oracle.normal(new Random(count), count);
        float[] y = rounded(x);
        for (int i = 0; i < count; i++) {
            assertNearest(x[i], y[i]);
        }
    }

    /** Neither neighbour of y among the BF16 numbers is nearer to x, by exact arithmetic. */
    private static void assertNearest(float x, float y) {
        int bits = Float.floatToIntBits(y);
        BigDecimal distance = distance(x, y);
        assertTrue(distance.compareTo(distance(x, Float.intBitsToFloat(bits + 0x10000))) <= 0, x + " became " + y);
        assertTrue(distance.compareTo(distance(x, Float.intBitsToFloat(bits - 0x10000))) <= 0, x + " became " + y);
    }

    private static BigDecimal distance(float a, float b) {
        return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
    }

    @Test
    void tiesGoToEvenAndSpecialValuesStaySpecial() {
        float above = Float.intBitsToFloat(0x3F818000);
        float below = Float.intBitsToFloat(0x3F808000);
        float payload = Float.intBitsToFloat(0x7F800001);
        float[] y = rounded(new float[] {above, below, -above, payload, Float.NaN, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -0f,
            Float.MIN_VALUE, Float.intBitsToFloat(0xFFFFFFFF)});
        assertEquals(Float.intBitsToFloat(0x3F820000), y[0], "up to even");
        assertEquals(1, y[1], "down to even");
        assertEquals(-y[0], y[2]);
        assertEquals(Float.NaN, y[3], "a NaN whose payload would be cut off");
        assertEquals(Float.NaN, y[4]);
        assertEquals(Float.NEGATIVE_INFINITY, y[5]);
        assertEquals(Float.POSITIVE_INFINITY, y[6], "rounds past the largest");
        assertEquals(-0f, y[7]);
        assertEquals(0f, y[8]);
        assertEquals(Float.NaN, y[9], "a NaN that rounding would turn into zero");
    }

    @Test
    void equalTypesAreCopied() {
        float[] x = Oracle.normal(new Random(1), 1000);
        float[] y = Oracle.onHost((device, scope) -> {
            HostBuffer out = poisoned(scope, x.length);
            Elementwise.on(device).cast(x.length, buffer(scope, x), out);
            return out.toFloats();
        });
        for (int i = 0; i < x.length; i++) {
            assertEquals(x[i], y[i]);
        }
    }

    @Test
    void everyF16ComesBackFromItsFloat() {
        Oracle.onHost((device, scope) -> {
            HostBuffer x = scope.allocateHost("halves", DType.F16, ALL_HALVES);
            for (int bits = 0; bits < ALL_HALVES; bits++) {
                x.segment().setAtIndex(ValueLayout.JAVA_SHORT, bits, (short) bits);
            }
            HostBuffer wide = poisoned(scope, ALL_HALVES);
            HostBuffer back = scope.allocateHost("halves", DType.F16, ALL_HALVES);
            Elementwise.on(device).cast(ALL_HALVES, x, wide);
            Elementwise.on(device).cast(ALL_HALVES, wide, back);
            for (int bits = 0; bits < ALL_HALVES; bits++) {
                float expected = Float.float16ToFloat((short) bits);
                assertEquals(expected, Float.float16ToFloat(back.segment().getAtIndex(ValueLayout.JAVA_SHORT, bits)), "bits " + bits);
            }
            return wide.toFloats();
        });
    }
}
