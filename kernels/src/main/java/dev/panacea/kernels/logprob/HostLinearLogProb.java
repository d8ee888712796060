package dev.panacea.kernels.logprob;

import dev.panacea.kernels.host.Operand;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;

/** Linear + log-softmax + gather on the host: chunks of rows in parallel, blocks of the vocabulary one after the other. */
final class HostLinearLogProb implements LinearLogProb {
    /** A chunk's logits, (rows × block) floats, fill half of a second-level cache of 1 MiB. */
    static final int FORWARD_ROWS = 128;
    static final int FORWARD_BLOCK = 1024;
    private static final int BACKWARD_ROWS = 256;
    private static final int BACKWARD_BLOCK = 512;

    private final HostDevice device;

    HostLinearLogProb(HostDevice device) {
        this.device = device;
    }

    @Override
    public void forward(Shape shape, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer derivative) {
        checkOperands(shape, x, head);
        Operand.of("targets", targets, DType.I32, shape.rows());
        Operand.of("logProb", logProb, DType.F32, shape.rows());
        if (derivative != null) {
            Operand.of("derivative", derivative, DType.F32, (long) shape.rows() * shape.columns());
            clear(derivative, (long) shape.rows() * shape.columns());
        }
        TargetRows active = TargetRows.of(shape, HostBuffer.of(targets));
        clear(logProb, shape.rows());
        try (MemoryScope scope = device.openScope("linear log-probability")) {
            device.workers().forEach(Math.ceilDiv(active.count(), FORWARD_ROWS), chunk -> {
                try (MemoryScope task = scope.child("rows")) {
                    new ForwardChunk(device.blas(), shape, head, active.chunk(chunk, FORWARD_ROWS)).run(task, FORWARD_BLOCK,
                        HostBuffer.of(x), HostBuffer.of(logProb), derivative == null ? null : HostBuffer.of(derivative));
                }
            });
        }
    }

    @Override
    public void backwardFrozen(Shape shape, Buffer dLogProb, Buffer derivative, Buffer dx) {
        int columns = shape.columns();
        Operand.of("dLogProb", dLogProb, DType.F32, shape.rows());
        MemorySegment from = Operand.floats("derivative", derivative, (long) shape.rows() * columns);
        MemorySegment to = Operand.floats("dx", dx, (long) shape.rows() * columns);
        HostBuffer slopes = HostBuffer.of(dLogProb);
        device.workers().forEach(shape.rows(), row -> {
            float slope = slopes.getFloat(row);
            long end = (row + 1L) * columns;
            for (long i = (long) row * columns; i < end; i += Lanes.COUNT) {
                Lanes.store(Lanes.load(from, i, end).mul(slope), to, i, end);
            }
        });
    }

    @Override
    public void backward(Shape shape, Buffer dLogProb, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer dx, Buffer dHead) {
        checkOperands(shape, x, head);
        Operand.of("dLogProb", dLogProb, DType.F32, shape.rows());
        Operand.of("targets", targets, DType.I32, shape.rows());
        Operand.of("logProb", logProb, DType.F32, shape.rows());
        Operand.of("dx", dx, DType.F32, (long) shape.rows() * shape.columns());
        Operand.of("dHead", dHead, DType.F32, (long) shape.vocabulary() * shape.columns());
        TargetRows active = TargetRows.of(shape, HostBuffer.of(targets));
        clear(dx, (long) shape.rows() * shape.columns());
        // One chunk after the other: the order in which dHead gathers them is part of its bits.
        for (int chunk = 0; chunk * BACKWARD_ROWS < active.count(); chunk++) {
            try (MemoryScope scope = device.openScope("linear log-probability backward")) {
                new BackwardChunk(device, shape, head, active.chunk(chunk, BACKWARD_ROWS)).run(scope, BACKWARD_BLOCK, HostBuffer.of(x),
                    HostBuffer.of(dLogProb), HostBuffer.of(logProb), HostBuffer.of(dx), dHead);
            }
        }
    }

    @Override
    public void logits(Shape shape, Buffer x, Buffer head, Buffer logits) {
        int columns = shape.columns();
        checkOperands(shape, x, head);
        Operand.of("logits", logits, DType.F32, (long) shape.rows() * shape.vocabulary());
        try (MemoryScope scope = device.openScope("logits")) {
            Operands operands = new Operands(head.dtype());
            HostBuffer values = HostBuffer.of(x);
            HostBuffer input = operands.roomFor(scope, values, (long) shape.rows() * columns);
            operands.round(values, (long) shape.rows() * columns, input);
            device.blas().gemm(false, true, shape.rows(), shape.vocabulary(), columns, 1, input, columns, head, columns, 0, logits,
                shape.vocabulary());
        }
    }

    private static void checkOperands(Shape shape, Buffer x, Buffer head) {
        Operand.of("x", x, DType.F32, (long) shape.rows() * shape.columns());
        Operand.of("head", head, head.dtype() == DType.BF16 ? DType.BF16 : DType.F32, (long) shape.vocabulary() * shape.columns());
    }

    private static void clear(Buffer floats, long count) {
        HostBuffer.segment(floats).asSlice(0, count * Float.BYTES).fill((byte) 0);
    }
}
