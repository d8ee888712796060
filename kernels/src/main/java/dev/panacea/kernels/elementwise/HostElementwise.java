package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;

/** The small operations on the cores of the host. */
final class HostElementwise implements Elementwise {
    private final HostDevice device;
    private final Workers workers;

    HostElementwise(HostDevice device) {
        this.device = device;
        workers = device.workers();
    }

    @Override
    public void fill(long count, float value, Buffer y) {
        FillPattern pattern = FillPattern.of(Operand.dtype("y", y), value);
        MemorySegment output = Operand.of("y", y, y.dtype(), count);
        long width = y.dtype().bytes();
        Blocks.ofElements(count).forEach(workers, (block, from, to) -> pattern.fill(output, from * width, to * width));
    }

    @Override
    public void copy(long count, Buffer x, Buffer y) {
        DType dtype = y.dtype();
        MemorySegment input = Operand.of("x", x, dtype, count);
        MemorySegment output = Operand.of("y", y, dtype, count);
        long width = dtype.bytes();
        Blocks.ofElements(count).forEach(workers, (block, from, to) ->
            MemorySegment.copy(input, from * width, output, from * width, (to - from) * width));
    }

    @Override
    public void add(long count, Buffer a, Buffer b, Buffer y) {
        if (Operand.dtype("a", a) == DType.BF16) {
            try (Widened f32 = new Widened(device, "add", DType.BF16)) {
                add(count, f32.input("a", a, count), f32.input("b", b, count), f32.output("y", y, count));
                f32.round();
            }
            return;
        }
        MemorySegment left = Operand.floats("a", a, count);
        MemorySegment right = Operand.floats("b", b, count);
        MemorySegment output = Operand.floats("y", y, count);
        Blocks.ofElements(count).forEach(workers, (block, from, to) -> add(left, right, output, from, to));
    }

    private static void add(MemorySegment a, MemorySegment b, MemorySegment y, long from, long to) {
        long i = from;
        for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
            addAt(i, to, a, b, y);
        }
        if (i < to) {
            addAt(i, to, a, b, y);
        }
    }

    private static void addAt(long i, long to, MemorySegment a, MemorySegment b, MemorySegment y) {
        Lanes.store(Lanes.load(a, i, to).add(Lanes.load(b, i, to)), y, i, to);
    }

    @Override
    public void cast(long count, Buffer x, Buffer y) {
        if (x.dtype() == y.dtype()) {
            copy(count, x, y);
            return;
        }
        Conversion conversion = Conversion.between(x.dtype(), y.dtype());
        MemorySegment input = Operand.of("x", x, x.dtype(), count);
        MemorySegment output = Operand.of("y", y, y.dtype(), count);
        Blocks.ofElements(count).forEach(workers, (block, from, to) -> conversion.run(input, output, from, to));
    }

    @Override
    public double sumOfSquares(long count, Buffer x) {
        return reduced(count, x, values -> Reduction.sumOfSquares(workers, values, count));
    }

    @Override
    public boolean allFinite(long count, Buffer x) {
        return reduced(count, x, values -> Reduction.allFinite(workers, values, count));
    }

    private <R> R reduced(long count, Buffer x, Function<MemorySegment, R> reduction) {
        if (Operand.dtype("x", x) != DType.BF16) {
            return reduction.apply(Operand.floats("x", x, count));
        }
        try (Widened f32 = new Widened(device, "reduction", DType.BF16)) {
            return reduction.apply(Operand.floats("x", f32.input("x", x, count), count));
        }
    }

    // one value a token: too few for threads or vectors
    @Override
    public void sequenceSum(PackedSequences sequences, Buffer x, Buffer minus, Buffer y) {
        MemorySegment input = Operand.floats("x", x, sequences.tokens());
        MemorySegment less = minus == null ? null : Operand.floats("minus", minus, sequences.tokens());
        MemorySegment output = Operand.floats("y", y, sequences.count());
        for (int sequence = 0; sequence < sequences.count(); sequence++) {
            double sum = 0;
            int end = sequences.start(sequence) + sequences.length(sequence);
            for (int token = sequences.start(sequence); token < end; token++) {
                double value = input.getAtIndex(ValueLayout.JAVA_FLOAT, token);
                sum += less == null ? value : value - less.getAtIndex(ValueLayout.JAVA_FLOAT, token);
            }
            output.setAtIndex(ValueLayout.JAVA_FLOAT, sequence, (float) sum);
        }
    }

    @Override
    public void sequenceSumBackward(PackedSequences sequences, Buffer dy, Buffer dx) {
        MemorySegment gradient = Operand.floats("dy", dy, sequences.count());
        MemorySegment output = Operand.floats("dx", dx, sequences.tokens());
        for (int sequence = 0; sequence < sequences.count(); sequence++) {
            long start = sequences.start(sequence);
            FillPattern slope = FillPattern.of(DType.F32, gradient.getAtIndex(ValueLayout.JAVA_FLOAT, sequence));
            slope.fill(output, start * Float.BYTES, (start + sequences.length(sequence)) * Float.BYTES);
        }
    }
}
