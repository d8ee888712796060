package dev.panacea.kernels.norm;

import dev.panacea.kernels.cuda.Access;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Dimensions;

/**
 * How the rows of a matrix are spread over threads, as {@code common/row_group.cuh} wants it. It depends on the shape alone, and with it
 * the order of all sums.
 *
 * @param variant which kernel
 * @param threads of a row, a power of two
 * @param rows of a block
 */
record RowGroups(Variant variant, int threads, int rows) {

    /** A row in the registers of its threads, as packs of 16 bytes each, or read twice; with the ending of the kernels' names. */
    enum Variant {
        ONE_PACK("1"), TWO_PACKS("2"), FOUR_PACKS("4"), LOOPED("looped");

        private final String ending;

        Variant(String ending) {
            this.ending = ending;
        }

        String ending() {
            return ending;
        }

        static Variant of(int packs) {
            return packs <= 1 ? ONE_PACK : packs == 2 ? TWO_PACKS : FOUR_PACKS;
        }
    }

    private static final int WARP = 32;
    private static final int MOST_THREADS = 512;
    private static final int MOST_PACKS = 4;
    private static final int PACK_BYTES = 16;
    // threads that a block should at least have when its rows are short
    private static final int BLOCK = 128;

    /** @param access what the matrices' addresses allow */
    static RowGroups of(int columns, DType dtype, Access access) {
        long bytes = (long) columns * dtype.bytes();
        if (access == Access.SINGLES || bytes % PACK_BYTES != 0 || bytes > (long) MOST_THREADS * MOST_PACKS * PACK_BYTES) {
            return of(Variant.LOOPED, Math.min(MOST_THREADS, powerOfTwo(Math.ceilDiv(columns, MOST_PACKS))));
        }
        int packs = (int) (bytes / PACK_BYTES);
        int threads = Math.max(Math.min(WARP, powerOfTwo(packs)), powerOfTwo(Math.ceilDiv(packs, MOST_PACKS)));
        return of(Variant.of(Math.ceilDiv(packs, threads)), threads);
    }

    private static RowGroups of(Variant variant, int threads) {
        return new RowGroups(variant, threads, threads > WARP ? 1 : BLOCK / threads);
    }

    // smallest that is not below
    private static int powerOfTwo(int number) {
        return number <= 1 ? 1 : Integer.highestOneBit(number - 1) << 1;
    }

    Dimensions block() {
        return new Dimensions(threads, rows);
    }

    /** Blocks for {@code groups} rows at once. */
    int blocks(int groups) {
        return Math.ceilDiv(groups, rows);
    }
}
