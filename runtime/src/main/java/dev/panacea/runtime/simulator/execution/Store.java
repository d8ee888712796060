package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.AccessKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** st of one element or of a vector of them. */
final class Store extends MemoryOperation {
    private final Source[] sources;
    private final int size;

    /** @param size bytes of an element */
    Store(Addressing addressing, int size, Source[] sources, AccessKind kind) {
        super(addressing, size * sources.length, kind);
        this.sources = sources;
        this.size = size;
    }

    @Override
    void transfer(Warp warp, MemorySegment memory, long[] offsets, int lanes) {
        if (sources.length == 1 && lanes == Warp.ALL && Addressing.consecutive(offsets, size)) {
            if (size == Integer.BYTES && !sources[0].wide()) {
                MemorySegment.copy(warp.words, sources[0].slot(), memory, ValueLayout.JAVA_INT_UNALIGNED, offsets[0], Warp.LANES);
                return;
            }
            if (size == Long.BYTES) {
                MemorySegment.copy(warp.longs, sources[0].slot(), memory, ValueLayout.JAVA_LONG_UNALIGNED, offsets[0], Warp.LANES);
                return;
            }
        }
        for (int element = 0; element < sources.length; element++) {
            Source source = sources[element];
            if (size == Integer.BYTES && !source.wide()) {
                words(warp.words, source.slot(), memory, offsets, element * size, lanes);
            } else {
                others(warp, source, memory, offsets, element * size, lanes);
            }
        }
    }

    private static void words(int[] words, int slot, MemorySegment memory, long[] offsets, int beyond, int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, offsets[lane] + beyond, words[slot + lane]);
        }
    }

    private void others(Warp warp, Source source, MemorySegment memory, long[] offsets, int beyond, int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long bits = source.bits(warp, lane);
            long offset = offsets[lane] + beyond;
            switch (size) {
                case 1 -> memory.set(ValueLayout.JAVA_BYTE, offset, (byte) bits);
                case 2 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) bits);
                case 4 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) bits);
                default -> memory.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, bits);
            }
        }
    }
}
