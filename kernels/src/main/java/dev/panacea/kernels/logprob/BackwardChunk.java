package dev.panacea.kernels.logprob;

import dev.panacea.kernels.vectors.Exponential;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/**
 * Gradients of some rows with a trainable head. Blocks of the vocabulary run in parallel: each owns its rows of dHead, and its
 * share of dx is added to the others' in order afterwards.
 */
final class BackwardChunk {
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
        long from = (long) i * columns;
        long weight = (long) rows.targets()[i] * columns;
        double sum = 0;
        for (int column = 0; column < columns; column += Lanes.COUNT) {
            FloatVector left = operands.load(input.segment(), from + column, from + columns);
            FloatVector right = operands.load(HostBuffer.segment(head), weight + column, weight + columns);
            for (int half = 0; half < 2; half++) {
                DoubleVector product = Lanes.widen(left, half).mul(Lanes.widen(right, half));
                for (int lane = 0; lane < product.length(); lane++) {
                    sum += product.lane(lane);
                }
            }
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
        HostBuffer dLogits = operands.roomFor(scope, logits, logits.count());
        operands.round(logits, logits.count(), dLogits);
        device.blas().gemm(false, false, count, columns, width, 1, dLogits, stride, weights, columns, 0, share, columns);
        device.blas().gemm(true, false, width, columns, count, 1, dLogits, stride, input, columns, 1,
            dHead.slice((long) first * columns, (long) width * columns), columns);
    }

    // Logits become -slope · softmax.
    private static void gradient(MemorySegment logits, long first, int count, float logSumExp, float slope) {
        for (long i = first; i < first + count; i += Lanes.COUNT) {
            FloatVector p = Exponential.exp(Lanes.load(logits, i, first + count).sub(logSumExp));
            Lanes.store(p.mul(-slope), logits, i, first + count);
        }
    }

    private void sumShares(HostBuffer shares, long size, int blocks, int i, HostBuffer dx) {
        int columns = shape.columns();
        long to = (long) rows.rows()[i] * columns;
        for (int column = 0; column < columns; column += Lanes.COUNT) {
            FloatVector sum = Lanes.zero();
            for (int b = 0; b < blocks; b++) {
                long from = b * size + (long) i * columns;
                sum = sum.add(Lanes.load(shares.segment(), from + column, from + columns));
            }
            Lanes.store(sum, dx.segment(), to + column, to + columns);
        }
    }
}
