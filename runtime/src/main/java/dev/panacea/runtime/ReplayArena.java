package dev.panacea.runtime;

import dev.panacea.runtime.cuda.Graph;

/**
 * Device memory for work that is captured once and replayed: it stays the arena's, so that nothing else ever lies where a graph writes.
 * Work that begins with all of it free finds the same addresses every time, so what is captured one after the other shares the memory;
 * see {@link #requireFree}. For one thread at a time.
 */
public final class ReplayArena implements AutoCloseable {
    private final CudaDevice device;
    private final CudaBacking backing;
    private final DevicePool pool;
    private final DeviceTables tables;
    private final Segments memory;
    private boolean open = true;

    ReplayArena(CudaDevice device, CudaBacking backing, DevicePool pool, DeviceTables tables) {
        this.device = device;
        this.backing = backing;
        this.pool = pool;
        this.tables = tables;
        synchronized (pool) {
            // what the pool keeps for reuse is of no use in here
            backing.trim();
            memory = backing.openArena();
        }
    }

    /**
     * Runs {@code work} with memory from here, of which there is more afterwards where it did not suffice. The tables that it asked
     * for stay until the result closes, as a capture of the same work needs them.
     */
    public HeldTables run(Runnable work) {
        checkOpen();
        return tables.heldFor(() -> backing.within(memory, work));
    }

    /**
     * Records {@code work} with memory from here; the caller closes the graph before this arena.
     *
     * @throws IllegalStateException when it needs more memory or another table than a {@link #run} of it left here; nothing has run then
     */
    public Graph capture(Runnable work) {
        checkOpen();
        return device.computeStream().capture(() -> backing.within(memory, work));
    }

    /**
     * Says that a sequence of works is over.
     *
     * @throws IllegalStateException when it keeps memory, which the next sequence would then not find where it was
     */
    public void requireFree() {
        synchronized (pool) {
            long kept = memory.bytes() - memory.freeBytes();
            if (kept > 0) {
                throw new IllegalStateException("work in a replay arena of " + device.name() + " keeps " + kept
                    + " bytes of it; take what lasts before");
            }
        }
    }

    /** Bytes taken from the driver. */
    public long bytes() {
        synchronized (pool) {
            return memory.bytes();
        }
    }

    private void checkOpen() {
        if (!open) {
            throw new IllegalStateException("this replay arena of " + device.name() + " is closed");
        }
    }

    /** Waits for the compute stream and gives the memory back. Closing twice is harmless. */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        device.computeStream().synchronize();
        synchronized (pool) {
            backing.closeArena(memory);
        }
    }
}
