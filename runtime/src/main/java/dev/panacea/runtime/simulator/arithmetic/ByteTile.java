package dev.panacea.runtime.simulator.arithmetic;

/** One thread's workplace for 16 × 8 products of bytes: rows of A and columns of B as ints, then the sums in the accumulators' order. */
final class ByteTile {
    private static final int ROWS = 16;
    private static final int REGISTER_ROWS = 8;
    private static final int COLUMNS = 8;
    /** Terms in one register of A or B: four lanes of four bytes a row. */
    private static final int REGISTER_TERMS = 16;
    private static final int MOST_TERMS = 32;

    private final int[] left = new int[ROWS * MOST_TERMS];
    private final int[] right = new int[COLUMNS * MOST_TERMS];
    private final int[] sums = new int[ROWS * COLUMNS];

    /** A's registers alternate between rows 0 to 7 and 8 to 15, sixteen terms a pair; B's hold sixteen terms each. */
    void multiply(int[] r, int[] d, int[] a, boolean signedA, int[] b, boolean signedB, int[] c, boolean finite) {
        for (int i = 0; i < a.length; i++) {
            unpack(r, a[i], signedA, left, i % 2 * REGISTER_ROWS, i / 2 * REGISTER_TERMS);
        }
        for (int i = 0; i < b.length; i++) {
            unpack(r, b[i], signedB, right, 0, i * REGISTER_TERMS);
        }
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                int index = accumulator(row, column);
                long sum = (long) r[c[index / Lanes.WARP] * Lanes.WARP + index % Lanes.WARP] + dot(row, column, b.length * REGISTER_TERMS);
                sums[index] = finite ? Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE) : (int) sum;
            }
        }
        for (int i = 0; i < d.length; i++) {
            System.arraycopy(sums, i * Lanes.WARP, r, d[i] * Lanes.WARP, Lanes.WARP);
        }
    }

    private static void unpack(int[] r, int slot, boolean signed, int[] to, int row, int term) {
        for (int lane = 0; lane < Lanes.WARP; lane++) {
            int word = r[slot * Lanes.WARP + lane];
            int first = (row + lane / Integer.BYTES) * MOST_TERMS + term + lane % Integer.BYTES * Integer.BYTES;
            for (int i = 0; i < Integer.BYTES; i++) {
                int value = word >>> Byte.SIZE * i & 0xff;
                to[first + i] = signed ? (byte) value : value;
            }
        }
    }

    private int dot(int row, int column, int terms) {
        int sum = 0;
        for (int k = 0; k < terms; k++) {
            sum += left[row * MOST_TERMS + k] * right[column * MOST_TERMS + k];
        }
        return sum;
    }

    /** Where the fragment of C has an element: register by register, lane by lane. */
    private static int accumulator(int row, int column) {
        int register = row / REGISTER_ROWS * 2 + column % 2;
        return register * Lanes.WARP + row % REGISTER_ROWS * 4 + column / 2;
    }
}
