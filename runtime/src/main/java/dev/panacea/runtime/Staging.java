package dev.panacea.runtime;

import dev.panacea.runtime.cuda.Event;
import dev.panacea.runtime.cuda.PinnedMemory;
import dev.panacea.runtime.cuda.PrimaryContext;
import dev.panacea.runtime.cuda.Stream;
import java.lang.foreign.MemorySegment;

/**
 * Copies between ordinary host memory, on the heap or off it, and a device through a ring of page-locked slots: while the device
 * copies one, the host fills or empties the next. Made at its first use; for any thread.
 */
final class Staging implements AutoCloseable {
    static final long SLOT_BYTES = 2 << 20;
    private static final int SLOTS = 4;

    private record Slot(MemorySegment memory, Event done) { }

    private final PrimaryContext context;
    private final PinnedMemory pinned;
    private final Slot[] ring = new Slot[SLOTS];
    private int next;

    Staging(PrimaryContext context) {
        this.context = context;
        pinned = new PinnedMemory(context);
    }

    /** Returns when all of {@code from} has been read; it arrives at {@code to} in stream order. */
    synchronized void upload(long to, MemorySegment from, Stream stream) {
        refuseCapture(stream);
        for (long at = 0; at < from.byteSize(); at += SLOT_BYTES) {
            Slot slot = idleSlot();
            MemorySegment part = from.asSlice(at, Math.min(SLOT_BYTES, from.byteSize() - at));
            MemorySegment staged = slot.memory.asSlice(0, part.byteSize()).copyFrom(part);
            context.driver().copyToDevice(to + at, staged, stream.handle());
            slot.done.record(stream);
        }
    }

    /** Returns when all of {@code to} is filled with what the stream left at {@code from}. */
    synchronized void download(MemorySegment to, long from, Stream stream) {
        refuseCapture(stream);
        Slot earlier = null;
        for (long at = 0; at < to.byteSize(); at += SLOT_BYTES) {
            Slot slot = idleSlot();
            long bytes = Math.min(SLOT_BYTES, to.byteSize() - at);
            context.driver().copyToHost(slot.memory.asSlice(0, bytes), from + at, stream.handle());
            slot.done.record(stream);
            empty(earlier, to, at - SLOT_BYTES);
            earlier = slot;
        }
        empty(earlier, to, (to.byteSize() - 1) / SLOT_BYTES * SLOT_BYTES);
    }

    private static void empty(Slot slot, MemorySegment to, long at) {
        if (slot != null) {
            slot.done.synchronize();
            long bytes = Math.min(SLOT_BYTES, to.byteSize() - at);
            to.asSlice(at, bytes).copyFrom(slot.memory.asSlice(0, bytes));
        }
    }

    private Slot idleSlot() {
        Slot slot = ring[next];
        if (slot == null) {
            slot = new Slot(pinned.allocate(SLOT_BYTES), new Event(context, false));
            ring[next] = slot;
        }
        next = (next + 1) % SLOTS;
        slot.done.synchronize();
        return slot;
    }

    private static void refuseCapture(Stream stream) {
        if (stream.isCapturing()) {
            throw new IllegalStateException("a captured copy repeats with the graph and needs pinned memory; take it from PinnedMemory");
        }
    }

    @Override
    public synchronized void close() {
        for (Slot slot : ring) {
            if (slot != null) {
                slot.done.synchronize();
                slot.done.close();
            }
        }
        pinned.close();
    }
}
