package dev.panacea.runtime.simulator.execution;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The cp.async of a warp that are under way. What they read is kept here and lands in shared memory when it is waited for. */
final class AsyncCopies {
    private static final int MOST_BYTES = 16;

    /** One instruction: for each lane where it goes, what it brings, and the group it belongs to. */
    private static final class Copy {
        final long[] targets = new long[Warp.LANES];
        final byte[] data = new byte[Warp.LANES * MOST_BYTES];
        final int[] groups = new int[Warp.LANES];
        int lanes;
        int bytes;
    }

    private final List<Copy> flying = new ArrayList<>();
    private final List<Copy> spare = new ArrayList<>();
    /** Groups that each lane has committed. */
    private final int[] committed = new int[Warp.LANES];
    private Copy starting;

    void clear() {
        spare.addAll(flying);
        flying.clear();
        Arrays.fill(committed, 0);
    }

    /** Begins a copy of {@code bytes} bytes a lane; {@link #read} follows for each lane. */
    void start(int bytes) {
        starting = spare.isEmpty() ? new Copy() : spare.removeLast();
        starting.lanes = 0;
        starting.bytes = bytes;
        flying.add(starting);
    }

    /** Reads {@code sourceBytes} for a lane; zeros follow. */
    void read(int lane, long target, MemorySegment source, long offset, int sourceBytes) {
        int at = lane * MOST_BYTES;
        Arrays.fill(starting.data, at, at + MOST_BYTES, (byte) 0);
        if (sourceBytes > 0) {
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, starting.data, at, sourceBytes);
        }
        starting.targets[lane] = target;
        starting.groups[lane] = committed[lane];
        starting.lanes |= 1 << lane;
    }

    void commit(int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            committed[Integer.numberOfTrailingZeros(rest)]++;
        }
    }

    /** Lands all but the {@code pending} groups committed last, of these lanes; what is not committed too when {@code all}. */
    void land(MemorySegment shared, int lanes, int pending, boolean all) {
        for (int i = 0; i < flying.size(); i++) {
            Copy copy = flying.get(i);
            for (int rest = copy.lanes & lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                if (all || copy.groups[lane] < committed[lane] - pending) {
                    MemorySegment.copy(copy.data, lane * MOST_BYTES, shared, ValueLayout.JAVA_BYTE, copy.targets[lane], copy.bytes);
                    copy.lanes &= ~(1 << lane);
                }
            }
        }
        for (int i = flying.size() - 1; i >= 0; i--) {
            if (flying.get(i).lanes == 0) {
                spare.add(flying.remove(i));
            }
        }
    }
}
