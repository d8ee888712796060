package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import java.util.List;

/** wideᵀ·narrow (columns, ranks) on the CPU, whose columns are added to the gradients of one factor or several. */
final class HostFactorGradient {
    private final HostDevice device;
    private final ProductOperands operands;
    private final int rows;

    HostFactorGradient(HostDevice device, ProductOperands operands, int rows) {
        this.device = device;
        this.operands = operands;
        this.rows = rows;
    }

    /** The next {@code rank} columns of the product are added to {@code sum} (columns, rank). */
    record Part(int rank, Buffer sum) { }

    /**
     * Computed as (narrowᵀ·wide)ᵀ: twice as fast, as a core's lanes then lie along the long side.
     *
     * @param wide (rows, columns), narrow (rows, ranks of all parts)
     */
    void add(String name, int columns, Buffer wide, Buffer narrow, List<Part> parts) {
        int ranks = parts.stream().mapToInt(Part::rank).sum();
        Buffer transposed = operands.floats(name, (long) ranks * columns);
        device.blas().gemm(true, false, ranks, columns, rows, 1, narrow, ranks, wide, columns, 0, transposed, columns);
        int from = 0;
        for (Part part : parts) {
            HostBuffer lines = HostBuffer.of(transposed.slice((long) from * columns, (long) part.rank * columns));
            device.workers().forEach(RowBlock.blocks(columns),
                index -> addTransposed(RowBlock.of(index, columns), columns, part.rank, lines, HostBuffer.of(part.sum)));
            from += part.rank;
        }
    }

    private static void addTransposed(RowBlock block, int columns, int rank, HostBuffer transposed, HostBuffer sum) {
        for (int column = block.from(); column < block.to(); column++) {
            for (int j = 0; j < rank; j++) {
                long at = (long) column * rank + j;
                sum.setFloat(at, sum.getFloat(at) + transposed.getFloat((long) j * columns + column));
            }
        }
    }
}
