package dev.panacea.kernels.logprob;

import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Log-probabilities of some rows, and their derivative. The vocabulary goes by in blocks so that the logits stay in cache:
 * exp(logits)·W gathers under a running maximum, as attention does with its values.
 */
final class ForwardChunk {
    private final Blas blas;
    private final LinearLogProb.Shape shape;
    private final Buffer head;
    private final TargetRows rows;
    private final Operands operands;

    ForwardChunk(Blas blas, LinearLogProb.Shape shape, Buffer head, TargetRows rows) {
        this.blas = blas;
        this.shape = shape;
        this.head = head;
        this.rows = rows;
        operands = new Operands(head.dtype());
    }

    void run(MemoryScope scope, int block, HostBuffer x, HostBuffer logProb, HostBuffer derivative) {
        int columns = shape.columns();
        HostBuffer input = operands.gather(scope, rows.rows(), columns, x);
        HostBuffer logits = scope.allocateHost("logits", DType.F32, (long) rows.count() * OnlineRows.stride(block));
        HostBuffer mean = derivative == null ? null : scope.allocateHost("softmax·W", DType.F32, (long) rows.count() * columns);
        HostBuffer exponentials = derivative == null ? null : operands.roomFor(scope, logits, logits.count());
        OnlineRows softmax = new OnlineRows(rows.count());
        float[] targetLogits = new float[rows.count()];
        for (int first = 0; first < shape.vocabulary(); first += block) {
            int width = Math.min(block, shape.vocabulary() - first);
            int stride = OnlineRows.stride(width);
            Buffer weights = head.slice((long) first * columns, (long) width * columns);
            blas.gemm(false, true, rows.count(), width, columns, 1, input, columns, weights, columns, 0, logits, stride);
            OnlineRows.pad(logits, rows.count(), width, stride);
            pickTargets(logits, stride, first, width, targetLogits);
            takeBlock(softmax, logits, stride, mean, first > 0);
            if (mean != null) {
                operands.round(logits, (long) rows.count() * stride, exponentials);
                blas.gemm(false, false, rows.count(), columns, width, 1, exponentials, stride, weights, columns,
                    first == 0 ? 0 : 1, mean, columns);
            }
        }
        for (int i = 0; i < rows.count(); i++) {
            logProb.setFloat(rows.rows()[i], (float) (targetLogits[i] - softmax.logSumExp(i)));
            if (mean != null) {
                writeDerivative(i, (float) (1 / softmax.sum(i)), mean, derivative);
            }
        }
    }

    private void pickTargets(HostBuffer logits, int stride, int first, int width, float[] targetLogits) {
        for (int i = 0; i < rows.count(); i++) {
            int column = rows.targets()[i] - first;
            if (column >= 0 && column < width) {
                targetLogits[i] = logits.getFloat((long) i * stride + column);
            }
        }
    }

    private void takeBlock(OnlineRows softmax, HostBuffer logits, int stride, HostBuffer mean, boolean rescale) {
        MemorySegment memory = logits.segment();
        for (int i = 0; i < rows.count(); i++) {
            float shrink = softmax.take(i, memory, (long) i * stride, stride);
            if (mean != null && rescale) {
                OnlineRows.scale(mean.segment(), (long) i * shape.columns(), shape.columns(), shrink);
            }
        }
    }

    private void writeDerivative(int i, float factor, HostBuffer mean, HostBuffer derivative) {
        int columns = shape.columns();
        long weight = (long) rows.targets()[i] * columns;
        long from = (long) i * columns;
        long to = (long) rows.rows()[i] * columns;
        for (int column = 0; column < columns; column += Lanes.COUNT) {
            FloatVector target = operands.load(HostBuffer.segment(head), weight + column, weight + columns);
            FloatVector average = Lanes.load(mean.segment(), from + column, from + columns).mul(factor);
            Lanes.store(target.sub(average), derivative.segment(), to + column, to + columns);
        }
    }
}
