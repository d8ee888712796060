package dev.panacea.runtime.simulator.arithmetic;

/**
 * Integer arithmetic that is not an operator of Java's. 32-bit values are ints, 64-bit ones longs, 16-bit ones ints extended by their
 * own sign or by zeros; names say which are unsigned.
 */
public final class Integers {
    private static final int LOW_24 = 0xffffff;
    private static final int SIGN_24 = 8;

    private Integers() { }

    /** mul.hi.s32. */
    public static int mulHi(int a, int b) {
        return (int) ((long) a * b >> 32);
    }

    /** mul.hi.u32. */
    public static int mulHiUnsigned(int a, int b) {
        return (int) (mulWideUnsigned(a, b) >>> 32);
    }

    /** mul.hi.s64. */
    public static long mulHi(long a, long b) {
        return Math.multiplyHigh(a, b);
    }

    /** mul.hi.u64. */
    public static long mulHiUnsigned(long a, long b) {
        return Math.unsignedMultiplyHigh(a, b);
    }

    /** mul.hi.s16: the upper 16 bits of the product, sign-extended. */
    public static int mulHi16(int a, int b) {
        return (short) a * (short) b >> 16;
    }

    /** mul.hi.u16: the upper 16 bits of the product, zero-extended. */
    public static int mulHi16Unsigned(int a, int b) {
        return mulWide16Unsigned(a, b) >>> 16;
    }

    /** mul.wide.s32. */
    public static long mulWide(int a, int b) {
        return (long) a * b;
    }

    /** mul.wide.u32. */
    public static long mulWideUnsigned(int a, int b) {
        return Integer.toUnsignedLong(a) * Integer.toUnsignedLong(b);
    }

    /** mul.wide.s16. */
    public static int mulWide16(int a, int b) {
        return (short) a * (short) b;
    }

    /** mul.wide.u16. */
    public static int mulWide16Unsigned(int a, int b) {
        return (a & 0xffff) * (b & 0xffff);
    }

    /** mul24.lo.s32: the low 32 bits of the 48-bit product of the low 24 bits. */
    public static int mul24Lo(int a, int b) {
        return (int) product24(a, b);
    }

    /** mul24.hi.s32: the upper 32 bits of the 48-bit product. */
    public static int mul24Hi(int a, int b) {
        return (int) (product24(a, b) >> 16);
    }

    /** mul24.lo.u32. */
    public static int mul24LoUnsigned(int a, int b) {
        return (int) product24Unsigned(a, b);
    }

    /** mul24.hi.u32. */
    public static int mul24HiUnsigned(int a, int b) {
        return (int) (product24Unsigned(a, b) >>> 16);
    }

    /** add.sat.s32, and what mad.hi.sat.s32 and mad24.hi.sat.s32 do behind their product. */
    public static int addSaturated(int a, int b) {
        return Math.clamp((long) a + b, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** sub.sat.s32. */
    public static int subSaturated(int a, int b) {
        return Math.clamp((long) a - b, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** div.s32. Division by zero, which the ISA leaves open, gives all ones, as hardware does. */
    public static int div(int a, int b) {
        return b == 0 ? -1 : a / b;
    }

    /** div.u32. */
    public static int divUnsigned(int a, int b) {
        return b == 0 ? -1 : Integer.divideUnsigned(a, b);
    }

    /** rem.s32. By zero, which the ISA leaves open, the dividend: what is left of it when all ones times zero is taken away. */
    public static int rem(int a, int b) {
        return b == 0 ? a : a % b;
    }

    /** rem.u32. */
    public static int remUnsigned(int a, int b) {
        return b == 0 ? a : Integer.remainderUnsigned(a, b);
    }

    /** div.s64. */
    public static long div(long a, long b) {
        return b == 0 ? -1 : a / b;
    }

    /** div.u64. */
    public static long divUnsigned(long a, long b) {
        return b == 0 ? -1 : Long.divideUnsigned(a, b);
    }

    /** rem.s64. */
    public static long rem(long a, long b) {
        return b == 0 ? a : a % b;
    }

    /** rem.u64. */
    public static long remUnsigned(long a, long b) {
        return b == 0 ? a : Long.remainderUnsigned(a, b);
    }

    /** sad.s32: {@code c + |a - b|}. */
    public static int sad(int a, int b, int c) {
        return c + (a < b ? b - a : a - b);
    }

    /** sad.u32. */
    public static int sadUnsigned(int a, int b, int c) {
        return c + (Integer.compareUnsigned(a, b) < 0 ? b - a : a - b);
    }

    /** sad.s64. */
    public static long sad(long a, long b, long c) {
        return c + (a < b ? b - a : a - b);
    }

    /** sad.u64. */
    public static long sadUnsigned(long a, long b, long c) {
        return c + (Long.compareUnsigned(a, b) < 0 ? b - a : a - b);
    }

    /** The carry (1 or 0) out of {@code a + b + carry}: add.cc and addc.cc of 32 bits. */
    public static int carry(int a, int b, int carry) {
        return (int) (Integer.toUnsignedLong(a) + Integer.toUnsignedLong(b) + carry >>> 32);
    }

    /** The borrow (1 or 0) out of {@code a - b - borrow}: sub.cc and subc.cc of 32 bits. */
    public static int borrow(int a, int b, int borrow) {
        return (int) (Integer.toUnsignedLong(a) - Integer.toUnsignedLong(b) - borrow >>> 63);
    }

    /** The carry (1 or 0) out of {@code a + b + carry} of 64 bits. */
    public static int carry(long a, long b, int carry) {
        long sum = a + b + carry;
        return (int) ((a & b | (a | b) & ~sum) >>> 63);
    }

    /** The borrow (1 or 0) out of {@code a - b - borrow} of 64 bits. */
    public static int borrow(long a, long b, int borrow) {
        long difference = a - b - borrow;
        return (int) ((~a & b | (~a | b) & difference) >>> 63);
    }

    /** dp4a: {@code c} plus the four products of bytes, each operand's signed or not. */
    public static int dp4a(int a, boolean signedA, int b, boolean signedB, int c) {
        int sum = c;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            sum += field(a, shift, Byte.SIZE, signedA) * field(b, shift, Byte.SIZE, signedB);
        }
        return sum;
    }

    /** dp2a: {@code c} plus the two halves of {@code a} times the two lower or, with {@code upper}, the two upper bytes of {@code b}. */
    public static int dp2a(int a, boolean signedA, int b, boolean signedB, int c, boolean upper) {
        int first = upper ? 16 : 0;
        return c + field(a, 0, Short.SIZE, signedA) * field(b, first, Byte.SIZE, signedB)
            + field(a, Short.SIZE, Short.SIZE, signedA) * field(b, first + Byte.SIZE, Byte.SIZE, signedB);
    }

    private static int field(int word, int shift, int bits, boolean signed) {
        int aligned = word << Integer.SIZE - bits - shift;
        return signed ? aligned >> Integer.SIZE - bits : aligned >>> Integer.SIZE - bits;
    }

    private static long product24(int a, int b) {
        return (long) (a << SIGN_24 >> SIGN_24) * (b << SIGN_24 >> SIGN_24);
    }

    private static long product24Unsigned(int a, int b) {
        return (long) (a & LOW_24) * (b & LOW_24);
    }
}
