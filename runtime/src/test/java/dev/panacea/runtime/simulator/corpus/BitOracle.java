package dev.panacea.runtime.simulator.corpus;

import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/** Integer instructions bit by bit and part by part, as slowly as their definitions read. */
final class BitOracle {

    private BitOracle() { }

    /** prmt: byte {@code k} of the result is byte {@code selector(k) & 7} of y and x, or that byte's sign where bit 3 is set. */
    static int permuted(int x, int y, IntUnaryOperator selector) {
        long bytes = (long) y << 32 | Integer.toUnsignedLong(x);
        int result = 0;
        for (int k = 0; k < 4; k++) {
            int chosen = selector.applyAsInt(k);
            byte taken = (byte) (bytes >>> 8 * (chosen & 7));
            int part = (chosen & 8) == 0 ? taken : taken >> 7;
            result |= (part & 0xff) << 8 * k;
        }
        return result;
    }

    static int funnelLeft(int low, int high, int by) {
        return (int) (((long) high << 32 | Integer.toUnsignedLong(low)) << by >> 32);
    }

    static int funnelRight(int low, int high, int by) {
        return (int) (((long) high << 32 | Integer.toUnsignedLong(low)) >>> by);
    }

    /** bfe. */
    static int extracted(int x, int position, int length, boolean signed) {
        int sign = signed && length > 0 ? bit(x, Math.min(position + length - 1, 31)) : 0;
        int result = 0;
        for (int i = 0; i < 32; i++) {
            result |= (i < length && position + i < 32 ? bit(x, position + i) : sign) << i;
        }
        return result;
    }

    /** bfi. */
    static int inserted(int x, int into, int position, int length) {
        int result = into;
        for (int i = 0; i < length && position + i < 32; i++) {
            result = result & ~(1 << position + i) | bit(x, i) << position + i;
        }
        return result;
    }

    /** lop3. */
    static int looked(int x, int y, int z, int table) {
        int result = 0;
        for (int i = 0; i < 32; i++) {
            result |= (table >> (bit(x, i) << 2 | bit(y, i) << 1 | bit(z, i)) & 1) << i;
        }
        return result;
    }

    /** dp4a and dp2a: parts of {@code bits} of x times bytes of y from {@code firstByte} on. */
    static int dot(int x, int y, int sum, int bits, int firstByte, boolean xSigned, boolean ySigned) {
        int result = sum;
        for (int k = 0; k < 32 / bits; k++) {
            int left = x << 32 - bits * (k + 1) >> 32 - bits;
            int right = (byte) (y >> 8 * (firstByte + k));
            result += (xSigned ? left : left & (1 << bits) - 1) * (ySigned ? right : right & 0xff);
        }
        return result;
    }

    /** The operation on unsigned parts of {@code bits}, each result cut to as many. */
    static int byParts(int x, int y, int bits, IntBinaryOperator operation) {
        int mask = (1 << bits) - 1;
        int result = 0;
        for (int shift = 0; shift < 32; shift += bits) {
            result |= (operation.applyAsInt(x >>> shift & mask, y >>> shift & mask) & mask) << shift;
        }
        return result;
    }

    private static int bit(int x, int i) {
        return x >>> i & 1;
    }
}
