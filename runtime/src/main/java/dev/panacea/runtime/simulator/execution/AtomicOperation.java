package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An atomic update of memory, lane after lane. */
final class AtomicOperation extends MemoryOperation {

    /** The new value from the old one, as raw bits extended as the type says. */
    interface Update {
        long apply(long old, long b, long c);
    }

    private final PtxType type;
    private final Update update;
    private final Source target;
    private final Source b;
    private final Source c;

    AtomicOperation(Addressing addressing, PtxType type, Update update, Source target, Source b, Source c) {
        super(addressing, type.bytes(), AccessKind.ATOMIC);
        this.type = type;
        this.update = update;
        this.target = target;
        this.b = b;
        this.c = c;
    }

    @Override
    void transfer(Warp warp, MemorySegment memory, long[] offsets, int lanes) {
        warp.poll();
        synchronized (warp.block.launch) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long old = IntegerFamily.extend(read(memory, offsets[lane]), type);
                long changed = update.apply(old, IntegerFamily.extend(b.bits(warp, lane), type),
                    IntegerFamily.extend(c.bits(warp, lane), type));
                write(memory, offsets[lane], changed);
                target.set(warp, lane, old);
                warp.block.launch.counted(memory, (int) old, (int) changed);
            }
        }
    }

    private long read(MemorySegment memory, long offset) {
        return switch (bytes) {
            case 2 -> memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset);
            case 4 -> memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
            default -> memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
        };
    }

    private void write(MemorySegment memory, long offset, long bits) {
        switch (bytes) {
            case 2 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) bits);
            case 4 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) bits);
            default -> memory.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, bits);
        }
    }
}
