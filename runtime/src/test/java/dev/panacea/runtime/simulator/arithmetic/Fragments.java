package dev.panacea.runtime.simulator.arithmetic;

/**
 * Where the PTX ISA puts the elements of mma's matrices: a formula an operand, in the ISA's terms (groupID, threadID_in_group),
 * applied the slow way.
 */
record Fragments(int k, int bits, int accumulatorBits) {
    static final int M = 16;
    static final int N = 8;
    private static final int WARP = 32;

    /** The register (in PTX's order), lane and bit at which an element begins. */
    record Place(int register, int lane, int shift) { }

    private int perRegister() {
        return 32 / bits;
    }

    int registersOfA() {
        return M * k / (WARP * perRegister());
    }

    int registersOfB() {
        return k * N / (WARP * perRegister());
    }

    int registersOfC() {
        return M * N * accumulatorBits / (WARP * 32);
    }

    /** Row {@code groupID}, plus 8 in every second register; four threads share a row, each with neighbours in k. */
    Place a(int row, int term) {
        int half = term / (4 * perRegister());
        int inGroup = term % (4 * perRegister()) / perRegister();
        return new Place(2 * half + row / 8, row % 8 * 4 + inGroup, term % perRegister() * bits);
    }

    Place b(int term, int column) {
        int inGroup = term % (4 * perRegister()) / perRegister();
        return new Place(term / (4 * perRegister()), column * 4 + inGroup, term % perRegister() * bits);
    }

    Place c(int row, int column) {
        int lane = row % 8 * 4 + column / 2;
        return accumulatorBits == 32
            ? new Place(row / 8 * 2 + column % 2, lane, 0)
            : new Place(row / 8, lane, column % 2 * 16);
    }

    static void put(int[] r, int[] slots, Place place, int bits, int value) {
        int index = slots[place.register] * WARP + place.lane;
        int mask = (int) ((1L << bits) - 1);
        r[index] = r[index] & ~(mask << place.shift) | (value & mask) << place.shift;
    }

    static int get(int[] r, int[] slots, Place place, int bits) {
        return r[slots[place.register] * WARP + place.lane] >>> place.shift & (int) ((1L << bits) - 1);
    }
}
