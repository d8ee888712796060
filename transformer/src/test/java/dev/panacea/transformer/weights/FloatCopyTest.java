package dev.panacea.transformer.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.runtime.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FloatCopyTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    @Test
    void roundsToTheNearestBfloat16() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value) && Math.abs(value) < 3e38f) {
                assertEquals(nearest(value), widen(FloatCopy.toBfloat16(value)), Float.toHexString(value));
            }
        }
        assertEquals(1f, widen(FloatCopy.toBfloat16(1f + 0x1p-8f)), "a tie goes to the even one");
        assertEquals(1f + 0x1p-6f, widen(FloatCopy.toBfloat16(1f + 3 * 0x1p-8f)), "a tie goes to the even one");
        assertEquals(Float.POSITIVE_INFINITY, widen(FloatCopy.toBfloat16(Float.MAX_VALUE)));
        assertEquals(Float.NaN, widen(FloatCopy.toBfloat16(Float.intBitsToFloat(0x7f800001))));
    }

    @Test
    void widensEveryShortExactly() {
        try (Arena arena = Arena.ofConfined()) {
            int count = 1 << 16;
            MemorySegment from = arena.allocate(2L * count + 1).asSlice(1); // files promise no alignment
            MemorySegment to = arena.allocate(4L * count, 4);
            for (int i = 0; i < count; i++) {
                from.set(SHORT, 2L * i, (short) i);
            }
            FloatCopy.copy(from, DType.F16, to, DType.F32, count);
            for (int i = 0; i < count; i++) {
                assertEquals(Float.float16ToFloat((short) i), to.get(FLOAT, 4L * i));
            }
            FloatCopy.copy(from, DType.BF16, to, DType.F32, count);
            for (int i = 0; i < count; i++) {
                assertEquals(widen((short) i), to.get(FLOAT, 4L * i));
            }
            FloatCopy.copy(from, DType.F16, to, DType.BF16, count);
            for (int i = 0; i < count; i++) {
                float half = Float.float16ToFloat((short) i);
                assertEquals(Float.isFinite(half) ? nearest(half) : half, widen(to.get(SHORT, 2L * i)));
            }
        }
    }

    @Test
    void findsTheFirstValueThatIsNotFinite() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(4 * 1000 + 1).asSlice(1);
            Random random = new Random(2);
            for (int i = 0; i < 1000; i++) {
                values.set(FLOAT, 4L * i, (float) (random.nextGaussian() * Float.MAX_VALUE / 8));
            }
            assertEquals(-1, FloatCopy.firstNonFinite(values, DType.F32, 1000));
            values.set(FLOAT, 4L * 700, Float.NEGATIVE_INFINITY);
            values.set(FLOAT, 4L * 600, Float.NaN);
            assertEquals(600, FloatCopy.firstNonFinite(values, DType.F32, 1000));
            for (DType type : new DType[] {DType.F16, DType.BF16}) {
                for (int i = 0; i < 1000; i++) {
                    values.set(SHORT, 2L * i, (short) (type == DType.F16 ? 0xfbff : 0xff7f));
                }
                assertEquals(-1, FloatCopy.firstNonFinite(values, type, 1000));
                values.set(SHORT, 2L * 999, (short) (type == DType.F16 ? 0xfc00 : 0xff80));
                assertEquals(999, FloatCopy.firstNonFinite(values, type, 1000));
            }
        }
    }

    private static float widen(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Of the two bfloat16 values around {@code value} the nearer, or of two equally near the one with an even last bit. */
    private static float nearest(float value) {
        int low = Float.floatToRawIntBits(value) & 0xffff0000;
        float below = Float.intBitsToFloat(low);
        float above = Float.intBitsToFloat(low + 0x10000);
        int order = new BigDecimal(value).subtract(new BigDecimal(below)).abs()
            .compareTo(new BigDecimal(above).subtract(new BigDecimal(value)).abs());
        return order < 0 || order == 0 && (low & 0x10000) == 0 ? below : above;
    }
}
