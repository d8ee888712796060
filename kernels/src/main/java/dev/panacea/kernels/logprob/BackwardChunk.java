package dev.panacea.kernels.logprob;

import dev.panacea.kernels.vectors.Exponential;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gradients of some rows with a trainable head. Blocks of the vocabulary run in parallel: each owns its rows of dHead, and its
 * share of dx is added to the others' in order afterwards.
 */
final class BackwardChunk {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final HostDevice device;
    private final LinearLogProb.Shape shape;
    private final Buffer head;
    private final TargetRows rows;
    private final Operands operands;

    BackwardChunk(HostDevice device, LinearLogProb.Shape shape, Buffer head, TargetRows rows) {
        this.device = device;
        this.shape = shape;
        this.head = head;
        this.rows = rows;
        operands = new Operands(head.dtype());
    }

    void run(MemoryScope scope, int block, HostBuffer x, HostBuffer dLogProb, HostBuffer logProb, HostBuffer dx, Buffer dHead) {
        int columns = shape.columns();
        long size = (long) rows.count() * columns;
        HostBuffer input = operands.gather(scope, rows.rows(), columns, x);
        float[] slopes = new float[rows.count()];
        float[] logSumExp = new float[rows.count()];
        for (int i = 0; i < rows.count(); i++) {
            int row = rows.rows()[i];
            slopes[i] = dLogProb.getFloat(row);
            logSumExp[i] = (float) (targetLogit(input, i) - logProb.getFloat(row));
        }
        int blocks = Math.ceilDiv(shape.vocabulary(), block);
        HostBuffer shares = scope.allocateHost("shares of dx", DType.F32, blocks * size);
        device.workers().forEach(blocks, b -> {
            try (MemoryScope task = scope.child("block")) {
                runBlock(task, b * block, Math.min(block, shape.vocabulary() - b * block), input, slopes, logSumExp,
                    shares.slice(b * size, size), dHead);
            }
        });
        device.workers().forEach(rows.count(), i -> sumShares(shares, size, blocks, i, dx));
    }

    // As a product of the same operands, but in float64: the log-sum-exp must not lose what logProb kept.
    private double targetLogit(HostBuffer input, int i) {
        int columns = shape.columns();
        double sum = 0;
        for (int column = 0; column < columns; column++) {
            sum += (double) operands.get(input, (long) i * columns + column) * operands.get(head, (long) rows.targets()[i] * columns + column);
        }
        return sum;
    }

    private void runBlock(MemoryScope scope, int first, int width, HostBuffer input, float[] slopes, float[] logSumExp, Buffer share,
                          Buffer dHead) {
        int columns = shape.columns();
        int count = rows.count();
        int stride = OnlineRows.stride(width);
        Buffer weights = head.slice((long) first * columns, (long) width * columns);
        HostBuffer logits = scope.allocateHost("logits", DType.F32, (long) count * stride);
        device.blas().gemm(false, true, count, width, columns, 1, input, columns, weights, columns, 0, logits, stride);
        OnlineRows.pad(logits, count, width, stride);
        for (int i = 0; i < count; i++) {
            gradient(logits.segment(), (long) i * stride, stride, logSumExp[i], slopes[i]);
            int column = rows.targets()[i] - first;
            if (column >= 0 && column < width) {
                long at = (long) i * stride + column;
                logits.setFloat(at, logits.getFloat(at) + slopes[i]);
            }
        }
        Buffer dLogits = operands.of(scope, logits, (long) count * stride);
        device.blas().gemm(false, false, count, columns, width, 1, dLogits, stride, weights, columns, 0, share, columns);
        device.blas().gemm(true, false, width, columns, count, 1, dLogits, stride, input, columns, 1,
            dHead.slice((long) first * columns, (long) width * columns), columns);
    }

    // Logits become -slope · softmax.
    private static void gradient(MemorySegment logits, long first, int count, float logSumExp, float slope) {
        for (int i = 0; i < count; i += SPECIES.length()) {
            long at = Float.BYTES * (first + i);
            FloatVector p = Exponential.exp(FloatVector.fromMemorySegment(SPECIES, logits, at, ORDER).sub(logSumExp));
            p.mul(-slope).intoMemorySegment(logits, at, ORDER);
        }
    }

    private void sumShares(HostBuffer shares, long size, int blocks, int i, HostBuffer dx) {
        int columns = shape.columns();
        for (int column = 0; column < columns; column++) {
            float sum = 0;
            for (int b = 0; b < blocks; b++) {
                sum += shares.getFloat(b * size + (long) i * columns + column);
            }
            dx.setFloat((long) rows.rows()[i] * columns + column, sum);
        }
    }
}
