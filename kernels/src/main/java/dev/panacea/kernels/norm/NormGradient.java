package dev.panacea.kernels.norm;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Backward of RMSNorm: with ρ = 1 / rms(s), {@code dx = ρ·(w ⊙ dy) - s·ρ³·Σ(w ⊙ dy ⊙ s) / columns + dSum} and
 * {@code dw = Σ over rows of ρ·(dy ⊙ s)}. Matrices are (rows, columns); {@code dSum} may be null.
 */
record NormGradient(int columns, MemorySegment dy, MemorySegment s, MemorySegment weight, MemorySegment inverseRms, MemorySegment dSum,
                    MemorySegment dx) {

    // partial sums of dw: enough of them for all cores, few enough that adding them up costs little beside the pass over dy and s
    private static final int MOST_PARTIALS = 64;

    /** dx of rows {@code first} (inclusive) to {@code last} (exclusive). */
    void rows(long first, long last) {
        for (long row = first; row < last; row++) {
            inputRow(row);
        }
    }

    /** dx of all rows, and dw added to {@code dWeight} block by block. */
    void rowsAndWeight(int rows, MemorySegment dWeight, Workers workers) {
        Blocks blocks = Blocks.ofRows(rows, columns, MOST_PARTIALS);
        int stride = Math.ceilDiv(columns, Lanes.COUNT) * Lanes.COUNT;
        float[] partials = new float[Math.multiplyExact(blocks.number(), stride)];
        blocks.forEach(workers, (block, first, last) -> {
            for (long row = first; row < last; row++) {
                weightRow(row, partials, block * stride);
                inputRow(row);
            }
        });
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            FloatVector sum = Lanes.load(dWeight, j, columns);
            for (int block = 0; block < blocks.number(); block++) {
                sum = sum.add(FloatVector.fromArray(Lanes.SPECIES, partials, block * stride + j));
            }
            Lanes.store(sum, dWeight, j, columns);
        }
    }

    private void inputRow(long row) {
        long from = row * columns;
        float inverse = inverseRms.getAtIndex(ValueLayout.JAVA_FLOAT, row);
        double projection = (double) weightedProduct(from) * inverse * inverse / columns;
        float alongS = (float) (-projection * inverse);
        if (dSum == null) {
            store(from, inverse, alongS);
        } else {
            storeWithSum(from, inverse, alongS);
        }
    }

    private float weightedProduct(long from) {
        FloatVector product = Lanes.zero();
        int j = 0;
        for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
            product = productAt(from, j, product);
        }
        if (j < columns) {
            product = productAt(from, j, product);
        }
        return Lanes.sum(product);
    }

    private FloatVector productAt(long from, int j, FloatVector product) {
        long end = from + columns;
        FloatVector scaled = Lanes.load(dy, from + j, end).mul(Lanes.load(weight, j, columns));
        return scaled.fma(Lanes.load(s, from + j, end), product);
    }

    private void store(long from, float inverse, float alongS) {
        int j = 0;
        for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
            Lanes.store(gradientAt(from, j, inverse, alongS), dx, from + j, from + columns);
        }
        if (j < columns) {
            Lanes.store(gradientAt(from, j, inverse, alongS), dx, from + j, from + columns);
        }
    }

    private void storeWithSum(long from, float inverse, float alongS) {
        int j = 0;
        for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
            storeWithSumAt(from, j, inverse, alongS);
        }
        if (j < columns) {
            storeWithSumAt(from, j, inverse, alongS);
        }
    }

    private void storeWithSumAt(long from, int j, float inverse, float alongS) {
        FloatVector total = gradientAt(from, j, inverse, alongS).add(Lanes.load(dSum, from + j, from + columns));
        Lanes.store(total, dx, from + j, from + columns);
    }

    private FloatVector gradientAt(long from, int j, float inverse, float alongS) {
        long end = from + columns;
        FloatVector direct = Lanes.load(dy, from + j, end).mul(Lanes.load(weight, j, columns)).mul(inverse);
        return Lanes.load(s, from + j, end).fma(Lanes.all(alongS), direct);
    }

    private void weightRow(long row, float[] partials, int offset) {
        long from = row * columns;
        float inverse = inverseRms.getAtIndex(ValueLayout.JAVA_FLOAT, row);
        int j = 0;
        for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
            weightAt(from, j, inverse, partials, offset + j);
        }
        if (j < columns) {
            weightAt(from, j, inverse, partials, offset + j);
        }
    }

    private void weightAt(long from, int j, float inverse, float[] partials, int at) {
        long end = from + columns;
        FloatVector normed = Lanes.load(s, from + j, end).mul(inverse);
        FloatVector sum = FloatVector.fromArray(Lanes.SPECIES, partials, at);
        normed.fma(Lanes.load(dy, from + j, end), sum).intoArray(partials, at);
    }
}
