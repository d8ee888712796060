package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * ldmatrix: one, two or four 8 x 8 matrices of 16-bit elements from shared memory. Lane 8m + r gives the address of row r of matrix m;
 * lane l receives elements 2(l mod 4) and the next of row l / 4, or, transposed, of that column.
 */
final class MatrixLoad extends MatrixFamily.Whole {
    private static final int ROWS = 8;
    private static final int ROW_BYTES = 16;

    private final Addressing addressing;
    private final int[] targets;
    private final boolean transposed;

    private MatrixLoad(Addressing addressing, int[] targets, boolean transposed) {
        this.addressing = addressing;
        this.targets = targets;
        this.transposed = transposed;
    }

    static Operation decode(Translation t) {
        t.expectOperands(2, 2);
        int count = t.has("x4") ? 4 : t.has("x2") ? 2 : 1;
        if (!t.has("m8n8") || !t.has("b16") || t.elements(0).size() != count) {
            throw t.unknown();
        }
        Space space = Space.of(t);
        if (space != Space.SHARED && space != Space.GENERIC) {
            throw t.error("loads from shared memory only");
        }
        return new MatrixLoad(Addressing.of(t, t.operand(1), space), t.elements(0).stream().mapToInt(t::wordTarget).toArray(),
            t.has("trans"));
    }

    @Override
    void execute(Warp warp, int lanes) {
        requireAll(lanes);
        long[] rows = addressing.resolve(warp, lanes);
        int givers = targets.length == 4 ? Warp.ALL : (1 << ROWS * targets.length) - 1;
        long window = addressing.space() == Space.GENERIC ? Windows.SHARED : 0;
        for (int lane = 0; lane < ROWS * targets.length; lane++) {
            rows[lane] -= window;
        }
        if (warp.observer != null) {
            warp.observer.accessed(site, warp.index, MemorySpace.SHARED, AccessKind.LOAD, rows, givers, ROW_BYTES);
        }
        for (int lane = 0; lane < ROWS * targets.length; lane++) {
            if (!warp.block.shared.holds(rows[lane], ROW_BYTES)) {
                throw Spaces.outside(warp, lane, Space.SHARED, rows[lane], ROW_BYTES);
            }
            if ((rows[lane] & ROW_BYTES - 1) != 0) {
                throw Spaces.misaligned(warp, lane, Space.SHARED, rows[lane], ROW_BYTES);
            }
        }
        MemorySegment shared = warp.block.shared.segment;
        for (int matrix = 0; matrix < targets.length; matrix++) {
            if (transposed) {
                columns(warp.words, targets[matrix], shared, rows, ROWS * matrix);
            } else {
                rows(warp.words, targets[matrix], shared, rows, ROWS * matrix);
            }
        }
    }

    private static void rows(int[] words, int target, MemorySegment shared, long[] rows, int first) {
        for (int row = 0; row < ROWS; row++) {
            MemorySegment.copy(shared, ValueLayout.JAVA_INT_UNALIGNED, rows[first + row], words, target + 4 * row, 4);
        }
    }

    private static void columns(int[] words, int target, MemorySegment shared, long[] rows, int first) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int row = first + 2 * (lane & 3);
            long beyond = (lane >> 2) * (long) Short.BYTES;
            words[target + lane] = shared.get(ValueLayout.JAVA_SHORT_UNALIGNED, rows[row] + beyond) & 0xFFFF
                | shared.get(ValueLayout.JAVA_SHORT_UNALIGNED, rows[row + 1] + beyond) << Short.SIZE;
        }
    }
}
