package dev.panacea.kernels.attention;

import jdk.incubator.vector.FloatVector;

import static dev.panacea.kernels.vectors.Floats.FLOAT;
import static dev.panacea.kernels.vectors.Floats.LANES;
import static dev.panacea.kernels.vectors.Floats.NATIVE;
import static dev.panacea.kernels.vectors.Floats.ORDER;
import static dev.panacea.kernels.vectors.Floats.SPECIES;
import static dev.panacea.kernels.vectors.Floats.VECTOR;
import static dev.panacea.kernels.vectors.Floats.broadcast;
import static dev.panacea.kernels.vectors.Floats.load;
import static dev.panacea.kernels.vectors.Floats.store;

/**
 * Products of tiles that fit in the first-level cache: every element of A is broadcast against row vectors of B, the sums stay
 * in registers. A may be strided either way, so its transpose costs nothing; B and C have rows of whole vectors.
 *
 * <p>The Vector API is called directly in the blocks: its methods are inlined whatever the size of the caller, methods of our own
 * are not, and one call left over makes the compiler keep all sums in memory.
 */
final class TileProduct {
    /** Vectors of a row that a block holds: its sums must fit in registers, and there are 32 of 64 bytes, but 16 of fewer. */
    private static final int WIDE = VECTOR >= 64 ? 4 : 2;

    private TileProduct() { }

    /**
     * C = S + A·B. A is (m, k), B (k, n), C and S (m, n); n is a multiple of the vector length. S may be C itself, or one row of
     * zeros for all rows.
     */
    static void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix s, Matrix c) {
        int column = 0;
        for (; column + WIDE * LANES <= n; column += WIDE * LANES) {
            wideColumns(m, k, a, b.fromColumn(column), s.fromColumn(column), c.fromColumn(column));
        }
        for (; column < n; column += LANES) {
            narrowColumns(m, k, a, b.fromColumn(column), s.fromColumn(column), c.fromColumn(column));
        }
    }

    private static void wideColumns(int m, int k, Matrix a, Matrix b, Matrix s, Matrix c) {
        int whole = m / 4 * 4;
        if (WIDE == 4) {
            for (int i = 0; i < whole; i += 4) {
                block4x4(k, a.fromRow(i), b, s.fromRow(i), c.fromRow(i));
            }
        } else {
            blocks4x2(whole, k, a, b, s, c);
        }
        for (int i = whole; i < m; i++) {
            for (int column = 0; column < WIDE * LANES; column += LANES) {
                block1x1(k, a.fromRow(i), b.fromColumn(column), s.fromRow(i).fromColumn(column), c.fromRow(i).fromColumn(column));
            }
        }
    }

    private static void narrowColumns(int m, int k, Matrix a, Matrix b, Matrix s, Matrix c) {
        int i = 0;
        for (; i + 8 <= m; i += 8) {
            block8x1(k, a.fromRow(i), b, s.fromRow(i), c.fromRow(i));
        }
        for (; i < m; i++) {
            block1x1(k, a.fromRow(i), b, s.fromRow(i), c.fromRow(i));
        }
    }

    static void block4x4(int k, Matrix left, Matrix right, Matrix start, Matrix result) {
        long s = start.address();
        FloatVector c00 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s, ORDER);
        FloatVector c01 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + VECTOR, ORDER);
        FloatVector c02 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 2 * VECTOR, ORDER);
        FloatVector c03 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 3 * VECTOR, ORDER);
        s += start.row();
        FloatVector c10 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s, ORDER);
        FloatVector c11 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + VECTOR, ORDER);
        FloatVector c12 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 2 * VECTOR, ORDER);
        FloatVector c13 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 3 * VECTOR, ORDER);
        s += start.row();
        FloatVector c20 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s, ORDER);
        FloatVector c21 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + VECTOR, ORDER);
        FloatVector c22 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 2 * VECTOR, ORDER);
        FloatVector c23 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 3 * VECTOR, ORDER);
        s += start.row();
        FloatVector c30 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s, ORDER);
        FloatVector c31 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + VECTOR, ORDER);
        FloatVector c32 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 2 * VECTOR, ORDER);
        FloatVector c33 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 3 * VECTOR, ORDER);
        long a = left.address(), rowA = left.row(), b = right.address();
        for (int p = 0; p < k; p++, a += left.column(), b += right.row()) {
            FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, NATIVE, b, ORDER);
            FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, NATIVE, b + VECTOR, ORDER);
            FloatVector b2 = FloatVector.fromMemorySegment(SPECIES, NATIVE, b + 2 * VECTOR, ORDER);
            FloatVector b3 = FloatVector.fromMemorySegment(SPECIES, NATIVE, b + 3 * VECTOR, ORDER);
            FloatVector x = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a));
            c00 = x.fma(b0, c00); c01 = x.fma(b1, c01); c02 = x.fma(b2, c02); c03 = x.fma(b3, c03);
            x = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + rowA));
            c10 = x.fma(b0, c10); c11 = x.fma(b1, c11); c12 = x.fma(b2, c12); c13 = x.fma(b3, c13);
            x = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 2 * rowA));
            c20 = x.fma(b0, c20); c21 = x.fma(b1, c21); c22 = x.fma(b2, c22); c23 = x.fma(b3, c23);
            x = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 3 * rowA));
            c30 = x.fma(b0, c30); c31 = x.fma(b1, c31); c32 = x.fma(b2, c32); c33 = x.fma(b3, c33);
        }
        long c = result.address(), rowC = result.row();
        c00.intoMemorySegment(NATIVE, c, ORDER);
        c01.intoMemorySegment(NATIVE, c + VECTOR, ORDER);
        c02.intoMemorySegment(NATIVE, c + 2 * VECTOR, ORDER);
        c03.intoMemorySegment(NATIVE, c + 3 * VECTOR, ORDER);
        c += rowC;
        c10.intoMemorySegment(NATIVE, c, ORDER);
        c11.intoMemorySegment(NATIVE, c + VECTOR, ORDER);
        c12.intoMemorySegment(NATIVE, c + 2 * VECTOR, ORDER);
        c13.intoMemorySegment(NATIVE, c + 3 * VECTOR, ORDER);
        c += rowC;
        c20.intoMemorySegment(NATIVE, c, ORDER);
        c21.intoMemorySegment(NATIVE, c + VECTOR, ORDER);
        c22.intoMemorySegment(NATIVE, c + 2 * VECTOR, ORDER);
        c23.intoMemorySegment(NATIVE, c + 3 * VECTOR, ORDER);
        c += rowC;
        c30.intoMemorySegment(NATIVE, c, ORDER);
        c31.intoMemorySegment(NATIVE, c + VECTOR, ORDER);
        c32.intoMemorySegment(NATIVE, c + 2 * VECTOR, ORDER);
        c33.intoMemorySegment(NATIVE, c + 3 * VECTOR, ORDER);
    }

    // All blocks below each other at once: at a small k a call for each would cost as much as its sums.
    static void blocks4x2(int m, int k, Matrix left, Matrix right, Matrix start, Matrix result) {
        long rowA = left.row(), columnA = left.column(), rowB = right.row(), rowS = start.row(), rowC = result.row();
        long firstA = left.address(), firstB = right.address(), s = start.address(), c = result.address();
        for (int i = 0; i < m; i += 4, firstA += 4 * rowA, s += 4 * rowS, c += 4 * rowC) {
            FloatVector c00 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s, ORDER);
            FloatVector c01 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + VECTOR, ORDER);
            FloatVector c10 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + rowS, ORDER);
            FloatVector c11 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + rowS + VECTOR, ORDER);
            FloatVector c20 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 2 * rowS, ORDER);
            FloatVector c21 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 2 * rowS + VECTOR, ORDER);
            FloatVector c30 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 3 * rowS, ORDER);
            FloatVector c31 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 3 * rowS + VECTOR, ORDER);
            long a = firstA, b = firstB;
            for (int p = 0; p < k; p++, a += columnA, b += rowB) {
                FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, NATIVE, b, ORDER);
                FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, NATIVE, b + VECTOR, ORDER);
                FloatVector x = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a));
                c00 = x.fma(b0, c00); c01 = x.fma(b1, c01);
                x = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + rowA));
                c10 = x.fma(b0, c10); c11 = x.fma(b1, c11);
                x = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 2 * rowA));
                c20 = x.fma(b0, c20); c21 = x.fma(b1, c21);
                x = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 3 * rowA));
                c30 = x.fma(b0, c30); c31 = x.fma(b1, c31);
            }
            c00.intoMemorySegment(NATIVE, c, ORDER);
            c01.intoMemorySegment(NATIVE, c + VECTOR, ORDER);
            c10.intoMemorySegment(NATIVE, c + rowC, ORDER);
            c11.intoMemorySegment(NATIVE, c + rowC + VECTOR, ORDER);
            c20.intoMemorySegment(NATIVE, c + 2 * rowC, ORDER);
            c21.intoMemorySegment(NATIVE, c + 2 * rowC + VECTOR, ORDER);
            c30.intoMemorySegment(NATIVE, c + 3 * rowC, ORDER);
            c31.intoMemorySegment(NATIVE, c + 3 * rowC + VECTOR, ORDER);
        }
    }

    private static void block8x1(int k, Matrix left, Matrix right, Matrix start, Matrix result) {
        long s = start.address(), rowS = start.row();
        FloatVector c0 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s, ORDER);
        FloatVector c1 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + rowS, ORDER);
        FloatVector c2 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 2 * rowS, ORDER);
        FloatVector c3 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 3 * rowS, ORDER);
        FloatVector c4 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 4 * rowS, ORDER);
        FloatVector c5 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 5 * rowS, ORDER);
        FloatVector c6 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 6 * rowS, ORDER);
        FloatVector c7 = FloatVector.fromMemorySegment(SPECIES, NATIVE, s + 7 * rowS, ORDER);
        long a = left.address(), rowA = left.row(), b = right.address();
        for (int p = 0; p < k; p++, a += left.column(), b += right.row()) {
            FloatVector y = FloatVector.fromMemorySegment(SPECIES, NATIVE, b, ORDER);
            c0 = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a)).fma(y, c0);
            c1 = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + rowA)).fma(y, c1);
            c2 = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 2 * rowA)).fma(y, c2);
            c3 = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 3 * rowA)).fma(y, c3);
            c4 = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 4 * rowA)).fma(y, c4);
            c5 = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 5 * rowA)).fma(y, c5);
            c6 = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 6 * rowA)).fma(y, c6);
            c7 = FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, a + 7 * rowA)).fma(y, c7);
        }
        long c = result.address(), rowC = result.row();
        c0.intoMemorySegment(NATIVE, c, ORDER);
        c1.intoMemorySegment(NATIVE, c + rowC, ORDER);
        c2.intoMemorySegment(NATIVE, c + 2 * rowC, ORDER);
        c3.intoMemorySegment(NATIVE, c + 3 * rowC, ORDER);
        c4.intoMemorySegment(NATIVE, c + 4 * rowC, ORDER);
        c5.intoMemorySegment(NATIVE, c + 5 * rowC, ORDER);
        c6.intoMemorySegment(NATIVE, c + 6 * rowC, ORDER);
        c7.intoMemorySegment(NATIVE, c + 7 * rowC, ORDER);
    }

    private static void block1x1(int k, Matrix left, Matrix right, Matrix start, Matrix result) {
        FloatVector sum = load(start.address());
        long a = left.address(), b = right.address();
        for (int p = 0; p < k; p++, a += left.column(), b += right.row()) {
            sum = broadcast(a).fma(load(b), sum);
        }
        store(sum, result.address());
    }
}
