package dev.panacea.kernels.svdlora;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** The multipliers d of every row: a row of {@code diagonal} (preferences, rank) chosen by the row's preference. */
final class RowDiagonals {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final int rank;
    private final int preferences;
    private final MemorySegment diagonal;
    private final MemorySegment preferenceOfRow;

    /** @param preferenceOfRow I32 [rows]; null when there is one preference */
    RowDiagonals(int rank, int preferences, Buffer diagonal, Buffer preferenceOfRow) {
        if (preferenceOfRow == null && preferences != 1) {
            throw new IllegalArgumentException(preferences + " preferences need to say which row has which");
        }
        this.rank = rank;
        this.preferences = preferences;
        this.diagonal = HostBuffer.segment(diagonal);
        this.preferenceOfRow = preferenceOfRow == null ? null : HostBuffer.segment(preferenceOfRow);
    }

    static RowDiagonals of(SvdLoraGroup group, SvdLoraGroup.Member member) {
        return new RowDiagonals(member.rank(), group.preferences(), member.diagonal(), group.preferenceOfRow());
    }

    /** {@code scaled = values ⊙ d} for rows [from, to) of F32 (rows, rank). */
    void scale(int from, int to, Buffer values, Buffer scaled) {
        MemorySegment in = HostBuffer.segment(values);
        MemorySegment out = HostBuffer.segment(scaled);
        for (int column = 0; column < rank; column += LANES.length()) {
            VectorMask<Float> inside = LANES.indexInRange(column, rank);
            for (int row = from; row < to; row++) {
                long at = offset(row, column);
                load(in, at, inside).mul(load(diagonal, offset(preference(row), column), inside)).intoMemorySegment(out, at, ORDER, inside);
            }
        }
    }

    /** {@code gradient[p] += Σ a ⊙ b} over the rows of preference p, in the order of the rows; a, b F32 (rows, rank). */
    void addProducts(int column, int rows, Buffer a, Buffer b, Buffer gradient) {
        MemorySegment left = HostBuffer.segment(a);
        MemorySegment right = HostBuffer.segment(b);
        MemorySegment sums = HostBuffer.segment(gradient);
        VectorMask<Float> inside = LANES.indexInRange(column, rank);
        for (int row = 0; row < rows; row++) {
            long at = offset(row, column);
            long sum = offset(preference(row), column);
            load(left, at, inside).fma(load(right, at, inside), load(sums, sum, inside)).intoMemorySegment(sums, sum, ORDER, inside);
        }
    }

    /** Columns that one call of {@link #addProducts} covers. */
    static int lanes() {
        return LANES.length();
    }

    private static FloatVector load(MemorySegment segment, long offset, VectorMask<Float> inside) {
        return FloatVector.fromMemorySegment(LANES, segment, offset, ORDER, inside);
    }

    private int preference(int row) {
        return preferenceOfRow == null ? 0 : Objects.checkIndex(preferenceOfRow.getAtIndex(ValueLayout.JAVA_INT, row), preferences);
    }

    private long offset(int row, int column) {
        return Float.BYTES * ((long) row * rank + column);
    }
}
