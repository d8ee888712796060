package dev.panacea.kernels.build;

/**
 * What the blocks on one multiprocessor share (CUDA C++ Programming Guide, technical specifications by compute capability).
 *
 * @param sharedBytes of all its blocks together
 */
record Multiprocessor(int registers, int warps, int blocks, int sharedBytes) {
    private static final int WARP = 32;
    // registers are handed to a warp, and shared memory to a block, in pieces of so many
    private static final int REGISTER_PIECE = 256;
    private static final int SHARED_PIECE = 128;
    // of each block, for the system
    private static final int RESERVED_BYTES = 1024;

    /** @throws IllegalArgumentException for a target that the build does not compile for */
    static Multiprocessor of(String target) {
        return switch (target) {
            case "sm_80" -> new Multiprocessor(65_536, 64, 32, 164 << 10);
            case "sm_90" -> new Multiprocessor(65_536, 64, 32, 228 << 10);
            default -> throw new IllegalArgumentException("nothing is known of the multiprocessors of " + target);
        };
    }

    /** Warps that are resident at once when each block has so many threads, registers a thread and bytes of shared memory. */
    int residentWarps(int threads, int registersOfThread, int sharedOfBlock) {
        int warpsOfBlock = Math.ceilDiv(threads, WARP);
        int registersOfWarp = roundUp(registersOfThread * WARP, REGISTER_PIECE);
        int byRegisters = registers / registersOfWarp / warpsOfBlock;
        int byShared = sharedBytes / (roundUp(sharedOfBlock, SHARED_PIECE) + RESERVED_BYTES);
        return warpsOfBlock * Math.min(Math.min(blocks, warps / warpsOfBlock), Math.min(byRegisters, byShared));
    }

    private static int roundUp(int number, int piece) {
        return Math.ceilDiv(number, piece) * piece;
    }
}
