package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;

/** Instructions of each family, on random and on awkward numbers, against plain Java. */
class InstructionTest {
    private static final int THREADS = 128;
    private static final long[] CORNERS = {0, 1, -1, 2, 31, 32, 33, 63, 64, 0x7fffffffL, 0x80000000L, 0xffffffffL,
        Long.MIN_VALUE, Long.MAX_VALUE, 0x8000, 0xffff, 0x1_0000_0000L, 5};

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final SimulatedGpu gpu = new SimulatedGpu();

    /** Pairs of inputs: every thread has its own two words. */
    private long[] pairs() {
        long[] inputs = new long[2 * THREADS];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextInt(3) == 0 ? CORNERS[random.nextInt(CORNERS.length)] : random.nextLong();
        }
        return inputs;
    }

    private static final String LOAD = """
        mul.wide.u32 %rd10, %r2, 16;
        add.u64 %rd10, %rd2, %rd10;
        ld.global.v2.u64 {%rd11, %rd12}, [%rd10];
        cvt.u32.u64 %r11, %rd11;
        cvt.u32.u64 %r12, %rd12;
        mov.b32 %f11, %r11;
        mov.b32 %f12, %r12;
        mov.b64 %fd11, %rd11;
        mov.b64 %fd12, %rd12;
        cvt.u16.u64 %h11, %rd11;
        cvt.u16.u64 %h12, %rd12;
        """;

    private record Case(String ptx, String store, LongBinaryOperator expected) {
        Case withExpected(LongBinaryOperator other) {
            return new Case(ptx, store, other);
        }
    }

    private void check(List<Case> cases) {
        long[] inputs = pairs();
        for (Case one : cases) {
            String body = LOAD + one.ptx + "\n" + one.store;
            long[] result = gpu.run(body, THREADS, inputs);
            for (int i = 0; i < THREADS; i++) {
                long a = inputs[2 * i];
                long b = inputs[2 * i + 1];
                assertEquals(one.expected.applyAsLong(a, b), result[i], one.ptx + " of 0x" + Long.toHexString(a) + " and 0x"
                    + Long.toHexString(b)
                    + ", seed " + seed);
            }
        }
    }

    private static final String STORE_WORD = "cvt.u64.u32 %rd10, %r10; st.global.u64 [%rd4], %rd10;";
    private static final String STORE_LONG = "st.global.u64 [%rd4], %rd10;";
    private static final String STORE_PREDICATE = "selp.u32 %r10, 1, 0, %p1;" + STORE_WORD;
    private static final String STORE_HALF = "cvt.u64.u16 %rd10, %h10; st.global.u64 [%rd4], %rd10;";

    private static Case word(String ptx, java.util.function.IntBinaryOperator expected) {
        return new Case(ptx, STORE_WORD, (a, b) -> expected.applyAsInt((int) a, (int) b) & 0xFFFFFFFFL);
    }

    private static Case wide(String ptx, LongBinaryOperator expected) {
        return new Case(ptx, STORE_LONG, expected);
    }

    private static Case half(String ptx, LongBinaryOperator expected) {
        return new Case(ptx, STORE_HALF, (a, b) -> expected.applyAsLong((short) a, (short) b) & 0xFFFF);
    }

    private static Case test(String ptx, java.util.function.BiPredicate<Long, Long> expected) {
        return new Case(ptx, STORE_PREDICATE, (a, b) -> expected.test(a, b) ? 1 : 0);
    }

    @Test
    void integersOf32Bits() {
        check(List.of(
            word("add.s32 %r10, %r11, %r12;", (a, b) -> a + b),
            word("sub.s32 %r10, %r11, %r12;", (a, b) -> a - b),
            word("add.sat.s32 %r10, %r11, %r12;", (a, b) -> Math.clamp((long) a + b, Integer.MIN_VALUE, Integer.MAX_VALUE)),
            word("mul.lo.s32 %r10, %r11, %r12;", (a, b) -> a * b),
            word("mul.hi.s32 %r10, %r11, %r12;", (a, b) -> (int) ((long) a * b >> 32)),
            word("mul.hi.u32 %r10, %r11, %r12;", (a, b) -> (int) ((a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL) >>> 32)),
            word("mad.lo.s32 %r10, %r11, %r12, -7;", (a, b) -> a * b - 7),
            word("mad.hi.u32 %r10, %r11, %r12, 9;", (a, b) -> (int) ((a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL) >>> 32) + 9),
            word("div.s32 %r10, %r11, 7;", (a, b) -> a / 7),
            word("rem.s32 %r10, %r11, -7;", (a, b) -> a % -7),
            word("div.u32 %r10, %r11, 7;", (a, b) -> Integer.divideUnsigned(a, 7)),
            word("rem.u32 %r10, %r11, 7;", (a, b) -> Integer.remainderUnsigned(a, 7)),
            word("min.s32 %r10, %r11, %r12;", Math::min),
            word("max.u32 %r10, %r11, %r12;", (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b),
            word("abs.s32 %r10, %r11;", (a, b) -> Math.abs(a)),
            word("neg.s32 %r10, %r11;", (a, b) -> -a),
            word("sad.u32 %r10, %r11, %r12, 3;", (a, b) -> 3 + (Integer.compareUnsigned(a, b) < 0 ? b - a : a - b)),
            word("mul24.lo.s32 %r10, %r11, %r12;", (a, b) -> (a << 8 >> 8) * (b << 8 >> 8))));
    }

    @Test
    void integersOfOtherWidths() {
        check(List.of(
            wide("add.s64 %rd10, %rd11, %rd12;", (a, b) -> a + b),
            wide("sub.s64 %rd10, %rd11, %rd12;", (a, b) -> a - b),
            wide("mul.lo.s64 %rd10, %rd11, %rd12;", (a, b) -> a * b),
            wide("mul.hi.u64 %rd10, %rd11, %rd12;", Math::unsignedMultiplyHigh),
            wide("mul.hi.s64 %rd10, %rd11, %rd12;", Math::multiplyHigh),
            wide("mul.wide.s32 %rd10, %r11, %r12;", (a, b) -> (long) (int) a * (int) b),
            wide("mul.wide.u32 %rd10, %r11, %r12;", (a, b) -> (a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL)),
            wide("mad.wide.s32 %rd10, %r11, %r12, %rd11;", (a, b) -> (long) (int) a * (int) b + a),
            wide("div.s64 %rd10, %rd11, -3;", (a, b) -> a / -3),
            wide("rem.u64 %rd10, %rd11, 10;", (a, b) -> Long.remainderUnsigned(a, 10)),
            wide("max.s64 %rd10, %rd11, %rd12;", Math::max),
            wide("min.u64 %rd10, %rd11, %rd12;", (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b),
            wide("abs.s64 %rd10, %rd11;", (a, b) -> Math.abs(a)),
            half("add.s16 %h10, %h11, %h12;", (a, b) -> a + b),
            half("mul.lo.u16 %h10, %h11, %h12;", (a, b) -> a * b),
            half("mul.hi.s16 %h10, %h11, %h12;", (a, b) -> a * b >> 16),
            word("mul.wide.u16 %r10, %h11, %h12;", (a, b) -> (a & 0xFFFF) * (b & 0xFFFF)),
            half("min.s16 %h10, %h11, %h12;", Math::min),
            half("max.u16 %h10, %h11, %h12;", (a, b) -> Math.max(a & 0xFFFF, b & 0xFFFF)),
            half("shr.s16 %h10, %h11, 20;", (a, b) -> a < 0 ? -1 : 0),
            half("shl.b16 %h10, %h11, 3;", (a, b) -> a << 3)));
    }

    @Test
    void carriesRunThroughSums() {
        check(List.of(
            wide("add.cc.u32 %r10, %r11, %r12; addc.u32 %r13, %r11, %r12; mov.b64 %rd10, {%r10, %r13};",
                (a, b) -> (a & 0xFFFFFFFFL | a << 32) + (b & 0xFFFFFFFFL | b << 32)),
            wide("sub.cc.u32 %r10, %r11, %r12; subc.u32 %r13, %r12, %r11; mov.b64 %rd10, {%r10, %r13};",
                (a, b) -> (a & 0xFFFFFFFFL | b << 32) - (b & 0xFFFFFFFFL | a << 32)),
            wide("mad.lo.cc.u32 %r10, %r11, %r12, %r12; madc.hi.u32 %r13, %r11, %r12, 0; mov.b64 %rd10, {%r10, %r13};",
                (a, b) -> (a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL) + (b & 0xFFFFFFFFL)),
            wide("add.cc.s64 %rd13, %rd11, %rd12; addc.u64 %rd10, 0, 0;", (a, b) -> Long.compareUnsigned(a + b, a) < 0 ? 1 : 0)));
    }

    @Test
    void bitsAreMovedAndCounted() {
        check(List.of(
            word("and.b32 %r10, %r11, %r12;", (a, b) -> a & b),
            word("or.b32 %r10, %r11, %r12;", (a, b) -> a | b),
            word("xor.b32 %r10, %r11, %r12;", (a, b) -> a ^ b),
            word("not.b32 %r10, %r11;", (a, b) -> ~a),
            word("cnot.b32 %r10, %r11;", (a, b) -> a == 0 ? 1 : 0),
            word("shl.b32 %r10, %r11, %r12;", (a, b) -> Integer.compareUnsigned(b, 31) > 0 ? 0 : a << b),
            word("shr.u32 %r10, %r11, %r12;", (a, b) -> Integer.compareUnsigned(b, 31) > 0 ? 0 : a >>> b),
            word("shr.s32 %r10, %r11, %r12;", (a, b) -> a >> (Integer.compareUnsigned(b, 31) > 0 ? 31 : b)),
            wide("shl.b64 %rd10, %rd11, 40;", (a, b) -> a << 40),
            wide("shr.s64 %rd10, %rd11, 3;", (a, b) -> a >> 3),
            wide("shr.u64 %rd10, %rd11, %r12;", (a, b) -> Integer.compareUnsigned((int) b, 63) > 0 ? 0 : a >>> b),
            word("shf.l.wrap.b32 %r10, %r11, %r12, 5;", (a, b) -> b << 5 | a >>> 27),
            word("lop3.b32 %r10, %r11, %r12, 0xff00ff, 0xCA;", (a, b) -> a & b | ~a & 0xff00ff),
            word("prmt.b32 %r10, %r11, %r12, 0x5140;", (a, b) ->
                a & 0xFF | (b & 0xFF) << 8 | (a >>> 8 & 0xFF) << 16 | (b >>> 8 & 0xFF) << 24),
            word("bfe.u32 %r10, %r11, 4, 9;", (a, b) -> a >>> 4 & 0x1FF),
            word("bfe.s32 %r10, %r11, 4, 9;", (a, b) -> a << 19 >> 23),
            word("bfi.b32 %r10, %r11, %r12, 8, 12;", (a, b) -> b & ~(0xFFF << 8) | (a & 0xFFF) << 8),
            wide("bfi.b64 %rd10, %rd11, %rd12, 32, 32;", (a, b) -> b & 0xFFFFFFFFL | a << 32),
            word("bfind.u32 %r10, %r11;", (a, b) -> 31 - Integer.numberOfLeadingZeros(a)),
            word("clz.b32 %r10, %r11;", (a, b) -> Integer.numberOfLeadingZeros(a)),
            word("popc.b64 %r10, %rd11;", (a, b) -> 0).withExpected((a, b) -> Long.bitCount(a)),
            wide("brev.b64 %rd10, %rd11;", (a, b) -> Long.reverse(a)),
            word("dp4a.s32.s32 %r10, %r11, %r12, 1;", InstructionTest::dotProduct)));
    }

    private static int dotProduct(int a, int b) {
        int sum = 1;
        for (int i = 0; i < 32; i += 8) {
            sum += (byte) (a >> i) * (byte) (b >> i);
        }
        return sum;
    }

    @Test
    void comparisonsAndChoices() {
        check(List.of(
            test("setp.lt.s32 %p1, %r11, %r12;", (a, b) -> a.intValue() < b.intValue()),
            test("setp.ge.u32 %p1, %r11, %r12;", (a, b) -> Integer.compareUnsigned(a.intValue(), b.intValue()) >= 0),
            test("setp.eq.s32 %p1, %r11, 1;", (a, b) -> a.intValue() == 1),
            test("setp.hi.u64 %p1, %rd11, %rd12;", (a, b) -> Long.compareUnsigned(a, b) > 0),
            test("setp.le.s64 %p1, %rd11, %rd12;", (a, b) -> a <= b),
            test("setp.gt.s16 %p1, %h11, %h12;", (a, b) -> a.shortValue() > b.shortValue()),
            test("setp.lt.s32 %p2|%p1, %r11, %r12;", (a, b) -> a.intValue() >= b.intValue()),
            test("setp.ne.s32 %p2, %r12, 0; setp.lt.and.s32 %p1, %r11, 0, !%p2;", (a, b) -> a.intValue() < 0 && b.intValue() == 0),
            test("setp.ne.s32 %p2, %r12, 0; setp.lt.s32 %p3, %r11, 0; xor.pred %p1, %p2, %p3;", (a, b) ->
                b.intValue() != 0 ^ a.intValue() < 0),
            test("setp.lt.f32 %p1, %f11, %f12;", (a, b) -> single(a) < single(b)),
            test("setp.geu.f32 %p1, %f11, %f12;", (a, b) -> !(single(a) < single(b))),
            test("setp.neu.f32 %p1, %f11, %f12;", (a, b) -> single(a) != single(b)),
            test("setp.leu.f64 %p1, %fd11, %fd12;", (a, b) -> !(Double.longBitsToDouble(a) > Double.longBitsToDouble(b))),
            test("testp.subnormal.f32 %p1, %f11;", (a, b) -> single(a) != 0 && Math.abs(single(a)) < Float.MIN_NORMAL),
            word("setp.lt.s32 %p1, %r11, 0; selp.b32 %r10, %r11, %r12, %p1;", (a, b) -> a < 0 ? a : b),
            word("slct.s32.s32 %r10, 7, 8, %r11;", (a, b) -> a >= 0 ? 7 : 8),
            word("set.lt.u32.s32 %r10, %r11, %r12;", (a, b) -> a < b ? -1 : 0),
            word("set.ge.f32.s32 %f10, %r11, %r12; mov.b32 %r10, %f10;", (a, b) -> a >= b ? 0x3F800000 : 0),
            word("setp.lt.s32 %p1, %r11, 0; mov.u32 %r10, 1; @!%p1 mov.u32 %r10, 2;", (a, b) -> a < 0 ? 1 : 2)));
    }

    private static float single(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    private static int canonical(float value) {
        return Float.isNaN(value) ? 0x7FFFFFFF : Float.floatToRawIntBits(value);
    }

    private static Case real(String ptx, DoubleBinaryOperator expected) {
        return new Case(ptx, "mov.b32 %r10, %f10;" + STORE_WORD,
            (a, b) -> canonical((float) expected.applyAsDouble(single(a), single(b))) & 0xFFFFFFFFL);
    }

    @Test
    void floats() {
        check(List.of(
            real("add.f32 %f10, %f11, %f12;", (a, b) -> (float) a + (float) b),
            real("sub.rn.f32 %f10, %f11, %f12;", (a, b) -> (float) a - (float) b),
            real("mul.f32 %f10, %f11, %f12;", (a, b) -> (float) a * (float) b),
            real("fma.rn.f32 %f10, %f11, %f12, 0f3F800000;", (a, b) -> Math.fma((float) a, (float) b, 1f)),
            real("div.rn.f32 %f10, %f11, %f12;", (a, b) -> (float) a / (float) b),
            real("sqrt.rn.f32 %f10, %f11;", (a, b) -> (float) Math.sqrt(a)),
            real("rcp.rn.f32 %f10, %f11;", (a, b) -> 1f / (float) a),
            real("min.f32 %f10, %f11, %f12;", (a, b) -> a != a ? b : b != b ? a : Math.min(a, b)),
            real("max.f32 %f10, %f11, %f12;", (a, b) -> a != a ? b : b != b ? a : Math.max(a, b)),
            real("max.NaN.f32 %f10, %f11, %f12;", Math::max),
            real("add.ftz.f32 %f10, %f11, %f12;", (a, b) -> flush(flush((float) a) + flush((float) b))),
            real("cvt.sat.f32.f32 %f10, %f11;", (a, b) -> a != a ? 0 : Math.clamp(a, 0.0, 1.0) + 0.0),
            real("cvt.rmi.f32.f32 %f10, %f11;", (a, b) -> Math.floor(a)),
            real("cvt.rn.f32.f64 %f10, %fd11;", (a, b) -> 0).withExpected((a, b) ->
                canonical((float) Double.longBitsToDouble(a)) & 0xFFFFFFFFL),
            wide("add.rn.f64 %fd10, %fd11, %fd12; mov.b64 %rd10, %fd10;", (a, b) ->
                canonical(Double.longBitsToDouble(a) + Double.longBitsToDouble(b))),
            wide("fma.rn.f64 %fd10, %fd11, %fd12, %fd11; mov.b64 %rd10, %fd10;",
                (a, b) -> canonical(Math.fma(Double.longBitsToDouble(a), Double.longBitsToDouble(b), Double.longBitsToDouble(a)))),
            word("neg.f32 %f10, %f11; mov.b32 %r10, %f10;", (a, b) -> a ^ Integer.MIN_VALUE),
            word("abs.f32 %f10, %f11; mov.b32 %r10, %f10;", (a, b) -> a & Integer.MAX_VALUE),
            word("copysign.f32 %f10, %f11, %f12; mov.b32 %r10, %f10;", (a, b) -> a & Integer.MIN_VALUE | b & Integer.MAX_VALUE)));
    }

    private static float flush(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
    }

    private static long canonical(double value) {
        return Double.isNaN(value) ? 0xfff8000000000000L : Double.doubleToRawLongBits(value);
    }

    @Test
    void conversions() {
        check(List.of(
            word("cvt.rzi.s32.f32 %r10, %f11;", (a, b) -> (int) Float.intBitsToFloat(a)),
            word("cvt.rni.s32.f32 %r10, %f11;", (a, b) -> (int) Math.rint(Float.intBitsToFloat(a))),
            word("cvt.rzi.u32.f32 %r10, %f11;", (a, b) -> (int) Math.clamp((long) Float.intBitsToFloat(a), 0L, 0xFFFFFFFFL)),
            word("cvt.rn.f32.s32 %f10, %r11; mov.b32 %r10, %f10;", (a, b) -> Float.floatToRawIntBits(a)),
            word("cvt.rn.f32.u32 %f10, %r11; mov.b32 %r10, %f10;", (a, b) -> Float.floatToRawIntBits(a & 0xFFFFFFFFL)),
            wide("cvt.s64.s32 %rd10, %r11;", (a, b) -> (int) a),
            wide("cvt.u64.u32 %rd10, %r11;", (a, b) -> a & 0xFFFFFFFFL),
            wide("cvt.s64.s16 %rd10, %h11;", (a, b) -> (short) a),
            word("cvt.s32.s8 %r10, %r11;", (a, b) -> (byte) a),
            word("cvt.u32.u16 %r10, %h11;", (a, b) -> a & 0xFFFF),
            word("cvt.sat.u8.s32 %r10, %r11;", (a, b) -> Math.clamp(a, 0, 255)),
            word("cvt.f32.f16 %f10, %h11; mov.b32 %r10, %f10;", (a, b) -> canonical(Float.float16ToFloat((short) a))),
            half("cvt.rn.f16.f32 %h10, %f11;", (a, b) -> 0).withExpected((a, b) -> Float.isNaN(single(a)) ? 0x7fff
                : Float.floatToFloat16(single(a)) & 0xFFFF),
            wide("mov.b64 {%r10, %r13}, %rd11; mov.b64 %rd10, {%r13, %r10};", (a, b) -> a << 32 | a >>> 32),
            wide("mov.b64 {%h1, %h2, %h3, %h4}, %rd11; mov.b64 %rd10, {%h4, %h3, %h2, %h1};",
                (a, b) -> a << 48 | a << 16 & 0xFFFF00000000L | a >>> 16 & 0xFFFF0000L | a >>> 48)));
    }
}
