package dev.panacea.kernels.embedding;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.kernels.vectors.HalfLanes;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Table look-up on the cores of the host: forward by rows, backward by columns so that no two threads add to one element. */
final class HostEmbedding implements Embedding {
    // floats of a row that one backward task owns: four cache lines
    private static final int COLUMN_BLOCK = 64;

    private final Workers workers;

    HostEmbedding(HostDevice device) {
        workers = device.workers();
    }

    @Override
    public void forward(int rows, int columns, int vocabulary, Buffer ids, Buffer table, Buffer y) {
        long tableCount = (long) vocabulary * columns;
        boolean bf16 = table != null && table.dtype() == DType.BF16;
        MemorySegment source = Operand.of("table", table, bf16 ? DType.BF16 : DType.F32, tableCount);
        MemorySegment output = Operand.floats("y", y, (long) rows * columns);
        MemorySegment rowIds = checkedIds(rows, vocabulary, ids);
        Blocks.ofRows(rows, columns).forEach(workers, (block, first, last) -> {
            for (long row = first; row < last; row++) {
                long from = (long) rowIds.getAtIndex(ValueLayout.JAVA_INT, row) * columns;
                if (bf16) {
                    widenRow(source, from, output, row * columns, columns);
                } else {
                    MemorySegment.copy(source, from * Float.BYTES, output, row * columns * Float.BYTES, (long) columns * Float.BYTES);
                }
            }
        });
    }

    private static void widenRow(MemorySegment table, long from, MemorySegment y, long to, int columns) {
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            Lanes.store(HalfLanes.loadBf16(table, from + j, from + columns), y, to + j, to + columns);
        }
    }

    @Override
    public void backward(int rows, int columns, int vocabulary, Buffer ids, Buffer dy, Buffer dTable) {
        MemorySegment gradient = Operand.floats("dy", dy, (long) rows * columns);
        MemorySegment table = Operand.floats("dTable", dTable, (long) vocabulary * columns);
        MemorySegment rowIds = checkedIds(rows, vocabulary, ids);
        new Blocks(columns, COLUMN_BLOCK).forEach(workers, (block, first, last) -> {
            for (long row = 0; row < rows; row++) {
                long id = rowIds.getAtIndex(ValueLayout.JAVA_INT, row);
                add(gradient, row * columns, table, id * columns, first, last);
            }
        });
    }

    /** Adds columns [first, last) of the row at {@code from} to those of the row at {@code to}. */
    private static void add(MemorySegment dy, long from, MemorySegment dTable, long to, long first, long last) {
        for (long j = first; j < last; j += Lanes.COUNT) {
            Lanes.store(Lanes.load(dTable, to + j, to + last).add(Lanes.load(dy, from + j, from + last)), dTable, to + j, to + last);
        }
    }

    private static MemorySegment checkedIds(int rows, int vocabulary, Buffer ids) {
        MemorySegment values = Operand.ints("ids", ids, rows);
        for (int row = 0; row < rows; row++) {
            int id = values.getAtIndex(ValueLayout.JAVA_INT, row);
            if (id < 0 || id >= vocabulary) {
                throw new IllegalArgumentException("token id " + id + " of row " + row + " is outside the table of " + vocabulary + " rows");
            }
        }
        return values;
    }
}
