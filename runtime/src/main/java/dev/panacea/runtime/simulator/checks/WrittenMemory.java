package dev.panacea.runtime.simulator.checks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Which bytes of device memory have been written: one bit a byte of each allocation. Blocks mark and look from several threads. */
final class WrittenMemory {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    /** Words of a chunk, which exists once one of its 512 KiB of memory is written. */
    private static final int CHUNK = 8192;

    static final class Allocation {
        private final long address;
        private final long bytes;
        private final AtomicReferenceArray<long[]> chunks;

        private Allocation(long address, long bytes) {
            this.address = address;
            this.bytes = bytes;
            this.chunks = new AtomicReferenceArray<>(Math.toIntExact(Math.ceilDiv(bytes, 64L * CHUNK)));
        }

        boolean holds(long from, int count) {
            return from >= address && from + count <= address + bytes;
        }

        void mark(long from, long count) {
            long last = from - address + count - 1;
            for (long first = from - address; first <= last; first = (first | 63) + 1) {
                markWord(first >>> 6, bits(first, last));
            }
        }

        // A word already marked is only read: many blocks may write the same bytes at once.
        private void markWord(long word, long bits) {
            long[] chunk = chunk((int) (word / CHUNK));
            int index = (int) (word % CHUNK);
            if (((long) WORD.getOpaque(chunk, index) & bits) != bits) {
                WORD.getAndBitwiseOr(chunk, index, bits);
            }
        }

        private long[] chunk(int index) {
            long[] chunk = chunks.get(index);
            return chunk != null ? chunk : chunks.updateAndGet(index, now -> now != null ? now : new long[CHUNK]);
        }

        boolean isWritten(long from, int count) {
            long last = from - address + count - 1;
            for (long first = from - address; first <= last; first = (first | 63) + 1) {
                long[] chunk = chunks.get((int) ((first >>> 6) / CHUNK));
                long bits = bits(first, last);
                if (chunk == null || ((long) WORD.getOpaque(chunk, (int) ((first >>> 6) % CHUNK)) & bits) != bits) {
                    return false;
                }
            }
            return true;
        }

        /** The bits of the word of {@code first} from there up to {@code last}. */
        private static long bits(long first, long last) {
            long from = -1L << first;
            return first >>> 6 == last >>> 6 ? from & -1L >>> 63 - last : from;
        }
    }

    private final ConcurrentSkipListMap<Long, Allocation> allocations = new ConcurrentSkipListMap<>();

    void allocated(long address, long bytes) {
        if (bytes > 0) {
            allocations.put(address, new Allocation(address, bytes));
        }
    }

    void freed(long address) {
        allocations.remove(address);
    }

    void written(long address, long bytes) {
        Allocation allocation = bytes == 0 ? null : at(address);
        if (allocation != null) {
            allocation.mark(address, Math.min(bytes, allocation.address + allocation.bytes - address));
        }
    }

    /** The allocation of {@code address}, or null: what lies outside all of them is the memory checker's affair. */
    Allocation at(long address) {
        Map.Entry<Long, Allocation> below = allocations.floorEntry(address);
        return below != null && below.getValue().holds(address, 1) ? below.getValue() : null;
    }
}
