package dev.panacea.runtime;

/** Where a device's pool has its memory from, and what it keeps for reuse. Used under the pool's lock. */
sealed interface Backing permits HostBacking, CudaBacking {

    /**
     * Memory of at least {@code bytes}; null when there is no room, even after all that is kept was given back.
     *
     * @param lasting whether it outlives the work that asks for it, and so is no memory of a {@link ReplayArena}
     */
    Block take(long bytes, boolean lasting);

    /** Gives back to the system what is kept and free. */
    void trim();

    /** Bytes taken from the system: what is handed out, what is kept, and rounding. */
    long reservedBytes();

    /** Bytes that are kept and free. */
    long freeBytes();

    /** Bytes of the largest piece that is kept and free. */
    long largestFreeBytes();

    /** What the system itself still has, for messages; empty where it is not known. */
    String room();

    /** One piece of memory that is handed out. */
    sealed interface Block permits HostBacking.HostBlock, CudaBlock {

        /** The first {@code count} elements, for {@code owner}. */
        Buffer view(MemoryScope.Allocation owner, DType dtype, long count);

        /** Keeps the block for reuse. */
        void giveBack();
    }
}
