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
        long end = from + columns;
        FloatVector product = Lanes.zero();
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            FloatVector scaled = Lanes.load(dy, from + j, end).mul(Lanes.load(weight, j, columns));
            product = scaled.fma(Lanes.load(s, from + j, end), product);
        }
        return Lanes.sum(product);
    }

    private void store(long from, float inverse, float alongS) {
        long end = from + columns;
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            Lanes.store(gradient(from, j, inverse, alongS), dx, from + j, end);
        }
    }

    private void storeWithSum(long from, float inverse, float alongS) {
        long end = from + columns;
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            Lanes.store(gradient(from, j, inverse, alongS).add(Lanes.load(dSum, from + j, end)), dx, from + j, end);
        }
    }

    private FloatVector gradient(long from, int j, float inverse, float alongS) {
        long end = from + columns;
        FloatVector direct = Lanes.load(dy, from + j, end).mul(Lanes.load(weight, j, columns)).mul(inverse);
        return Lanes.load(s, from + j, end).fma(Lanes.all(alongS), direct);
    }

    private void weightRow(long row, float[] partials, int offset) {
        long from = row * columns;
        long end = from + columns;
        float inverse = inverseRms.getAtIndex(ValueLayout.JAVA_FLOAT, row);
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            FloatVector normed = Lanes.load(s, from + j, end).mul(inverse);
            FloatVector sum = FloatVector.fromArray(Lanes.SPECIES, partials, offset + j);
            normed.fma(Lanes.load(dy, from + j, end), sum).intoArray(partials, offset + j);
        }
    }
}
