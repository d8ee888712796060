package dev.panacea.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of tiles that fit in the first-level cache: every element of A is broadcast against row vectors of B, the sums stay
 * in registers. A may be strided either way, so its transpose costs nothing; B and C have rows of whole vectors.
 */
final class TileProduct {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final long VECTOR = SPECIES.vectorByteSize();

    private TileProduct() { }

    /** The least multiple of the vector length that holds {@code count} floats. */
    static int wholeVectors(int count) {
        return Math.ceilDiv(count, LANES) * LANES;
    }

    static FloatVector load(MemorySegment memory, long bytes) {
        return FloatVector.fromMemorySegment(SPECIES, memory, bytes, ORDER);
    }

    static void store(FloatVector vector, MemorySegment memory, long bytes) {
        vector.intoMemorySegment(memory, bytes, ORDER);
    }

    /** C = A·B, or C += A·B. A is (m, k), B (k, n), C (m, n); n is a multiple of {@link #LANES}. */
    static void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean accumulate) {
        int vectors = n / LANES;
        int v = 0;
        for (; v + 4 <= vectors; v += 4) {
            wideColumns(m, k, a, b, c, v * VECTOR, accumulate);
        }
        for (; v < vectors; v++) {
            narrowColumns(m, k, a, b, c, v * VECTOR, accumulate);
        }
    }

    private static void wideColumns(int m, int k, Matrix a, Matrix b, Matrix c, long column, boolean accumulate) {
        int i = 0;
        for (; i + 4 <= m; i += 4) {
            block4x4(k, a.memory(), a.origin() + i * a.row(), a.row(), a.column(), b.memory(), b.origin() + column, b.row(),
                c.memory(), c.origin() + i * c.row() + column, c.row(), accumulate);
        }
        for (; i < m; i++) {
            for (int v = 0; v < 4; v++) {
                block1x1(k, a, i, b, c, column + v * VECTOR, accumulate);
            }
        }
    }

    private static void narrowColumns(int m, int k, Matrix a, Matrix b, Matrix c, long column, boolean accumulate) {
        int i = 0;
        for (; i + 8 <= m; i += 8) {
            block8x1(k, a.memory(), a.origin() + i * a.row(), a.row(), a.column(), b.memory(), b.origin() + column, b.row(),
                c.memory(), c.origin() + i * c.row() + column, c.row(), accumulate);
        }
        for (; i < m; i++) {
            block1x1(k, a, i, b, c, column, accumulate);
        }
    }

    private static FloatVector broadcast(MemorySegment memory, long bytes) {
        return FloatVector.broadcast(SPECIES, memory.get(FLOAT, bytes));
    }

    private static void put(FloatVector sum, MemorySegment c, long at, boolean accumulate) {
        store(accumulate ? load(c, at).add(sum) : sum, c, at);
    }

    private static void block4x4(int k, MemorySegment a, long atA, long rowA, long columnA, MemorySegment b, long atB, long rowB,
                                 MemorySegment c, long atC, long rowC, boolean accumulate) {
        FloatVector c00 = FloatVector.zero(SPECIES), c01 = c00, c02 = c00, c03 = c00;
        FloatVector c10 = c00, c11 = c00, c12 = c00, c13 = c00;
        FloatVector c20 = c00, c21 = c00, c22 = c00, c23 = c00;
        FloatVector c30 = c00, c31 = c00, c32 = c00, c33 = c00;
        for (int p = 0; p < k; p++) {
            long pb = atB + p * rowB;
            FloatVector b0 = load(b, pb), b1 = load(b, pb + VECTOR), b2 = load(b, pb + 2 * VECTOR), b3 = load(b, pb + 3 * VECTOR);
            long pa = atA + p * columnA;
            FloatVector x = broadcast(a, pa);
            c00 = x.fma(b0, c00); c01 = x.fma(b1, c01); c02 = x.fma(b2, c02); c03 = x.fma(b3, c03);
            x = broadcast(a, pa + rowA);
            c10 = x.fma(b0, c10); c11 = x.fma(b1, c11); c12 = x.fma(b2, c12); c13 = x.fma(b3, c13);
            x = broadcast(a, pa + 2 * rowA);
            c20 = x.fma(b0, c20); c21 = x.fma(b1, c21); c22 = x.fma(b2, c22); c23 = x.fma(b3, c23);
            x = broadcast(a, pa + 3 * rowA);
            c30 = x.fma(b0, c30); c31 = x.fma(b1, c31); c32 = x.fma(b2, c32); c33 = x.fma(b3, c33);
        }
        putRow(c00, c01, c02, c03, c, atC, accumulate);
        putRow(c10, c11, c12, c13, c, atC + rowC, accumulate);
        putRow(c20, c21, c22, c23, c, atC + 2 * rowC, accumulate);
        putRow(c30, c31, c32, c33, c, atC + 3 * rowC, accumulate);
    }

    private static void putRow(FloatVector c0, FloatVector c1, FloatVector c2, FloatVector c3, MemorySegment c, long at,
                               boolean accumulate) {
        put(c0, c, at, accumulate);
        put(c1, c, at + VECTOR, accumulate);
        put(c2, c, at + 2 * VECTOR, accumulate);
        put(c3, c, at + 3 * VECTOR, accumulate);
    }

    private static void block8x1(int k, MemorySegment a, long atA, long rowA, long columnA, MemorySegment b, long atB, long rowB,
                                 MemorySegment c, long atC, long rowC, boolean accumulate) {
        FloatVector c0 = FloatVector.zero(SPECIES), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
        for (int p = 0; p < k; p++) {
            FloatVector y = load(b, atB + p * rowB);
            long pa = atA + p * columnA;
            c0 = broadcast(a, pa).fma(y, c0);
            c1 = broadcast(a, pa + rowA).fma(y, c1);
            c2 = broadcast(a, pa + 2 * rowA).fma(y, c2);
            c3 = broadcast(a, pa + 3 * rowA).fma(y, c3);
            c4 = broadcast(a, pa + 4 * rowA).fma(y, c4);
            c5 = broadcast(a, pa + 5 * rowA).fma(y, c5);
            c6 = broadcast(a, pa + 6 * rowA).fma(y, c6);
            c7 = broadcast(a, pa + 7 * rowA).fma(y, c7);
        }
        put(c0, c, atC, accumulate);
        put(c1, c, atC + rowC, accumulate);
        put(c2, c, atC + 2 * rowC, accumulate);
        put(c3, c, atC + 3 * rowC, accumulate);
        put(c4, c, atC + 4 * rowC, accumulate);
        put(c5, c, atC + 5 * rowC, accumulate);
        put(c6, c, atC + 6 * rowC, accumulate);
        put(c7, c, atC + 7 * rowC, accumulate);
    }

    private static void block1x1(int k, Matrix a, int i, Matrix b, Matrix c, long column, boolean accumulate) {
        FloatVector sum = FloatVector.zero(SPECIES);
        long atA = a.origin() + i * a.row();
        long atB = b.origin() + column;
        for (int p = 0; p < k; p++) {
            sum = broadcast(a.memory(), atA + p * a.column()).fma(load(b.memory(), atB + p * b.row()), sum);
        }
        put(sum, c.memory(), c.origin() + i * c.row() + column, accumulate);
    }
}
