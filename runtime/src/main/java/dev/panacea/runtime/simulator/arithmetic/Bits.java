package dev.panacea.runtime.simulator.arithmetic;

/** Shifts, bit fields, permutations and searches. Shift amounts are unsigned and clamp to the width. */
public final class Bits {
    private static final int NONE = -1;
    private static final int SELECTOR = 0x7;
    private static final int REPLICATE_SIGN = 0x8;

    private Bits() { }

    /** shl.b32. */
    public static int shl(int a, int amount) {
        return Integer.compareUnsigned(amount, Integer.SIZE) < 0 ? a << amount : 0;
    }

    /** shr.u32 and shr.b32. */
    public static int shrUnsigned(int a, int amount) {
        return Integer.compareUnsigned(amount, Integer.SIZE) < 0 ? a >>> amount : 0;
    }

    /** shr.s32. */
    public static int shr(int a, int amount) {
        return a >> (Integer.compareUnsigned(amount, Integer.SIZE) < 0 ? amount : Integer.SIZE - 1);
    }

    /** shl.b64. */
    public static long shl(long a, int amount) {
        return Integer.compareUnsigned(amount, Long.SIZE) < 0 ? a << amount : 0;
    }

    /** shr.u64 and shr.b64. */
    public static long shrUnsigned(long a, int amount) {
        return Integer.compareUnsigned(amount, Long.SIZE) < 0 ? a >>> amount : 0;
    }

    /** shr.s64. */
    public static long shr(long a, int amount) {
        return a >> (Integer.compareUnsigned(amount, Long.SIZE) < 0 ? amount : Long.SIZE - 1);
    }

    /** shf.l.wrap: the upper word of {@code high:low} shifted left by the amount's low five bits. */
    public static int shfLeftWrap(int low, int high, int amount) {
        return funnelLeft(low, high, amount & 31);
    }

    /** shf.l.clamp: the same by at most 32. */
    public static int shfLeftClamp(int low, int high, int amount) {
        return funnelLeft(low, high, clamp(amount));
    }

    /** shf.r.wrap: the lower word of {@code high:low} shifted right by the amount's low five bits. */
    public static int shfRightWrap(int low, int high, int amount) {
        return funnelRight(low, high, amount & 31);
    }

    /** shf.r.clamp: the same by at most 32. */
    public static int shfRightClamp(int low, int high, int amount) {
        return funnelRight(low, high, clamp(amount));
    }

    /** bfe.u32: {@code length} bits from bit {@code position} (the low eight bits of each count); bits past the end are 0. */
    public static int bfeUnsigned(int a, int position, int length) {
        return (int) field(a & 0xffffffffL, position & 0xff, length & 0xff);
    }

    /** bfe.s32: the same with the field's sign extended; past the end stands the sign of {@code a}. */
    public static int bfe(int a, int position, int length) {
        return (int) signedField(a, position & 0xff, length & 0xff, Integer.SIZE);
    }

    /** bfe.u64. */
    public static long bfeUnsigned(long a, int position, int length) {
        return field(a, position & 0xff, length & 0xff);
    }

    /** bfe.s64. */
    public static long bfe(long a, int position, int length) {
        return signedField(a, position & 0xff, length & 0xff, Long.SIZE);
    }

    /** bfi.b32: the low {@code length} bits of {@code a} in {@code b} from bit {@code position} on. */
    public static int bfi(int a, int b, int position, int length) {
        int mask = (int) shl(ones(length & 0xff), position & 0xff);
        return shl(a, position & 0xff) & mask | b & ~mask;
    }

    /** bfi.b64. */
    public static long bfi(long a, long b, int position, int length) {
        long mask = shl(ones(length & 0xff), position & 0xff);
        return shl(a, position & 0xff) & mask | b & ~mask;
    }

    /** bfind.u32: the highest one bit's position, or all ones if there is none. */
    public static int bfindUnsigned(int a) {
        return 31 - Integer.numberOfLeadingZeros(a);
    }

    /** bfind.s32: the position of the highest bit that differs from the sign. */
    public static int bfind(int a) {
        return bfindUnsigned(a ^ a >> 31);
    }

    /** bfind.u64. */
    public static int bfindUnsigned(long a) {
        return 63 - Long.numberOfLeadingZeros(a);
    }

    /** bfind.s64. */
    public static int bfind(long a) {
        return bfindUnsigned(a ^ a >> 63);
    }

    /** bfind.shiftamt, from bfind's result: the left shift that brings the found bit to the top of {@code bits}. */
    public static int shiftAmount(int found, int bits) {
        return found == NONE ? NONE : bits - 1 - found;
    }

    /** lop3: for each bit, the truth table's entry at the number that the bits of {@code a}, {@code b} and {@code c} form. */
    public static int lop3(int a, int b, int c, int table) {
        // Shannon expansion by a, b and c in turn
        int c0 = choose(c, table, 0);
        int c1 = choose(c, table, 2);
        int c2 = choose(c, table, 4);
        int c3 = choose(c, table, 6);
        return a & (b & c3 | ~b & c2) | ~a & (b & c1 | ~b & c0);
    }

    /** prmt without mode: byte i of the result is byte {@code selector[4i..4i+2]} of {@code b:a}, or its sign eight times. */
    public static int prmt(int a, int b, int selector) {
        int result = 0;
        for (int i = 0; i < 4; i++) {
            int choice = selector >>> 4 * i;
            int chosen = byteOf(a, b, choice & SELECTOR);
            int kept = (choice & REPLICATE_SIGN) == 0 ? chosen : (byte) chosen >> 7 & 0xff;
            result |= kept << Byte.SIZE * i;
        }
        return result;
    }

    /** prmt with a mode; the low two bits of {@code c} control it. */
    public static int prmt(int a, int b, int c, PermuteMode mode) {
        return prmt(a, b, mode.selector(c & 3));
    }

    /** fns: the position of the {@code offset}-th one bit at or above (negative: at or below) bit {@code base}, or all ones. */
    public static int fns(int mask, int base, int offset) {
        if (offset == 0) {
            return Integer.compareUnsigned(base, Integer.SIZE) < 0 && (mask >>> base & 1) != 0 ? base : NONE;
        }
        int left = Math.abs(offset);
        int step = Integer.signum(offset);
        for (int bit = base; Integer.compareUnsigned(bit, Integer.SIZE) < 0; bit += step) {
            left -= mask >>> bit & 1;
            if (left == 0) {
                return bit;
            }
        }
        return NONE;
    }

    /** bmsk.clamp and bmsk.wrap: {@code length} ones from bit {@code position} on; both clamp to 32, or wrap to five bits. */
    public static int bmsk(int position, int length, boolean wrap) {
        int from = wrap ? position & 31 : clamp(position);
        return (int) shl(ones(wrap ? length & 31 : clamp(length)), from);
    }

    /** szext.clamp and szext.wrap, signed: {@code a} from its low {@code bits} bits; none give 0. */
    public static int szext(int a, int bits, boolean wrap) {
        int count = wrap ? bits & 31 : clamp(bits);
        return count == 0 ? 0 : a << 32 - count >> 32 - count;
    }

    /** szext, unsigned. */
    public static int szextUnsigned(int a, int bits, boolean wrap) {
        return a & (int) ones(wrap ? bits & 31 : clamp(bits));
    }

    private static int funnelLeft(int low, int high, int amount) {
        return (int) ((Integer.toUnsignedLong(high) << 32 | Integer.toUnsignedLong(low)) << amount >>> 32);
    }

    private static int funnelRight(int low, int high, int amount) {
        return (int) ((Integer.toUnsignedLong(high) << 32 | Integer.toUnsignedLong(low)) >>> amount);
    }

    private static int clamp(int amount) {
        return Integer.compareUnsigned(amount, Integer.SIZE) < 0 ? amount : Integer.SIZE;
    }

    private static long field(long a, int position, int length) {
        return shrUnsigned(a, position) & ones(length);
    }

    private static long signedField(long a, int position, int length, int bits) {
        if (length == 0) {
            return 0;
        }
        int top = Math.min(position + length - 1, bits - 1);
        int unused = Long.SIZE - 1 - top;
        return shr(a << unused, position + unused);
    }

    private static long ones(int count) {
        return ~shl(-1L, count);
    }

    private static int choose(int c, int table, int entry) {
        int one = -(table >>> entry + 1 & 1);
        int zero = -(table >>> entry & 1);
        return c & one | ~c & zero;
    }

    private static int byteOf(int a, int b, int index) {
        return (index < 4 ? a : b) >>> Byte.SIZE * (index & 3) & 0xff;
    }
}
