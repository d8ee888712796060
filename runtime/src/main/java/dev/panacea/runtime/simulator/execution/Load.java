package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** ld of one element or of a vector of them. */
final class Load extends MemoryOperation {
    private final Source[] targets;
    private final PtxType type;
    private final int size;
    private final boolean strong;

    Load(Addressing addressing, PtxType type, Source[] targets, AccessKind kind) {
        super(addressing, type.bytes() * targets.length, kind);
        this.targets = targets;
        this.type = type;
        size = type.bytes();
        strong = kind == AccessKind.STRONG_LOAD;
    }

    @Override
    void transfer(Warp warp, MemorySegment memory, long[] offsets, int lanes) {
        if (strong) {
            warp.poll();
        }
        if (targets.length == 1 && lanes == Warp.ALL && size >= Integer.BYTES && Addressing.consecutive(offsets, size)) {
            row(warp, memory, offsets[0], targets[0]);
            return;
        }
        for (int element = 0; element < targets.length; element++) {
            Source target = targets[element];
            if (size == Integer.BYTES && !target.wide()) {
                words(warp.words, target.slot(), memory, offsets, element * size, lanes);
            } else {
                others(warp, target, memory, offsets, element * size, lanes);
            }
        }
    }

    private void row(Warp warp, MemorySegment memory, long offset, Source target) {
        if (size == Long.BYTES) {
            MemorySegment.copy(memory, ValueLayout.JAVA_LONG_UNALIGNED, offset, warp.longs, target.slot(), Warp.LANES);
        } else if (!target.wide()) {
            MemorySegment.copy(memory, ValueLayout.JAVA_INT_UNALIGNED, offset, warp.words, target.slot(), Warp.LANES);
        } else {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                warp.longs[target.slot() + lane] = bits(memory, offset + (long) lane * size);
            }
        }
    }

    private static void words(int[] words, int slot, MemorySegment memory, long[] offsets, int beyond, int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            words[slot + lane] = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offsets[lane] + beyond);
        }
    }

    private void others(Warp warp, Source target, MemorySegment memory, long[] offsets, int beyond, int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            target.set(warp, lane, bits(memory, offsets[lane] + beyond));
        }
    }

    /** One element, extended as its type says. */
    private long bits(MemorySegment memory, long offset) {
        return switch (size) {
            case 1 -> type.signed() ? memory.get(ValueLayout.JAVA_BYTE, offset) : memory.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
            case 2 -> {
                short half = memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset);
                yield type.signed() ? half : half & 0xFFFF;
            }
            case 4 -> {
                int word = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
                yield type.signed() ? word : word & 0xFFFFFFFFL;
            }
            default -> memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
        };
    }
}
