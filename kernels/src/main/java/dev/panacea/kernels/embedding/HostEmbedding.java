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
import jdk.incubator.vector.FloatVector;

/** Table look-up on the cores of the host: forward by rows of y, backward by rows of the table, so that one thread adds to each. */
final class HostEmbedding implements Embedding {
    // backward tasks, each of which reads all ids and owns those of one remainder: enough to balance, few enough to read cheaply
    private static final int SHARES = 8;

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
        int j = 0;
        for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
            widenAt(j, columns, table, from, y, to);
        }
        if (j < columns) {
            widenAt(j, columns, table, from, y, to);
        }
    }

    private static void widenAt(int j, int columns, MemorySegment table, long from, MemorySegment y, long to) {
        Lanes.store(HalfLanes.loadBf16(table, from + j, from + columns), y, to + j, to + columns);
    }

    @Override
    public void backward(int rows, int columns, int vocabulary, Buffer ids, Buffer dy, Buffer dTable) {
        MemorySegment gradient = Operand.floats("dy", dy, (long) rows * columns);
        MemorySegment table = Operand.floats("dTable", dTable, (long) vocabulary * columns);
        MemorySegment rowIds = checkedIds(rows, vocabulary, ids);
        workers.forEach(SHARES, share -> {
            for (long row = 0; row < rows; row++) {
                long id = rowIds.getAtIndex(ValueLayout.JAVA_INT, row);
                if (id % SHARES == share) {
                    addRow(gradient, row * columns, table, id * columns, columns);
                }
            }
        });
    }

    private static void addRow(MemorySegment dy, long from, MemorySegment dTable, long to, int columns) {
        int j = 0;
        for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
            addAt(j, columns, dy, from, dTable, to);
        }
        if (j < columns) {
            addAt(j, columns, dy, from, dTable, to);
        }
    }

    private static void addAt(int j, int columns, MemorySegment dy, long from, MemorySegment dTable, long to) {
        FloatVector sum = Lanes.load(dTable, to + j, to + columns).add(Lanes.load(dy, from + j, from + columns));
        Lanes.store(sum, dTable, to + j, to + columns);
    }

    private static MemorySegment checkedIds(int rows, int vocabulary, Buffer ids) {
        MemorySegment values = Operand.ints("ids", ids, rows);
        for (int row = 0; row < rows; row++) {
            int id = values.getAtIndex(ValueLayout.JAVA_INT, row);
            if (id < 0 || id >= vocabulary) {
                throw new IllegalArgumentException("token id " + id + " of row " + row + " is outside the table of " + vocabulary
                    + " rows");
            }
        }
        return values;
    }
}
