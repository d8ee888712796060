package dev.panacea.kernels.elementwise;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.LONG;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.cuda.Access;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.TypedAccess;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** The small operations on a CUDA device: {@code elementwise/*.cu}. For one thread at a time. */
final class CudaElementwise implements Elementwise {
    private static final KernelSignature FILL = KernelSignature.of(POINTER, LONG, LONG);
    private static final KernelSignature ADD = KernelSignature.of(POINTER, POINTER, POINTER, LONG);
    private static final KernelSignature CAST = KernelSignature.of(POINTER, POINTER, LONG);
    private static final KernelSignature SUM_OF_SQUARES = KernelSignature.of(POINTER, POINTER, LONG);
    private static final KernelSignature TOTAL = KernelSignature.of(POINTER, POINTER, INT);
    private static final KernelSignature SEQUENCE_SUM = KernelSignature.of(POINTER, POINTER, POINTER, POINTER);
    private static final KernelSignature SEQUENCE_SUM_BACKWARD = KernelSignature.of(POINTER, POINTER, POINTER);

    private static final int FILL_BYTES = 16;
    // as the wider of two formats has them in 16 bytes
    private static final int CAST_ELEMENTS = Access.packOf(DType.F32);
    // Blocks of a sum of squares: enough to fill any card. The same on every card, so that the bits are.
    private static final int PARTIALS = 1024;
    private static final int SUM_THREADS = 256;

    private record Cast(DType from, DType to, Access access) {
        String function() {
            return "cast_" + KernelVariants.spelled(from) + "_" + KernelVariants.spelled(to) + "_" + access.ending();
        }
    }

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<String> fill;
    private final KernelVariants<TypedAccess> add;
    private final KernelVariants<Cast> cast;
    private final KernelVariants<TypedAccess> sumOfSquares;
    private final KernelVariants<String> total;
    private final KernelVariants<String> sequenceSum;
    private final KernelVariants<String> sequenceSumBackward;

    CudaElementwise(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        fill = kernels("fill.ptx", FILL, name -> name);
        add = kernels("add.ptx", ADD, key -> key.of("add"));
        cast = kernels("cast.ptx", CAST, Cast::function);
        sumOfSquares = kernels("sum_of_squares.ptx", SUM_OF_SQUARES, key -> key.of("sum_of_squares"));
        total = kernels("sum_of_squares.ptx", TOTAL, name -> name);
        sequenceSum = kernels("sequence_sum.ptx", SEQUENCE_SUM, name -> name);
        sequenceSumBackward = kernels("sequence_sum.ptx", SEQUENCE_SUM_BACKWARD, name -> name);
    }

    private <K> KernelVariants<K> kernels(String file, KernelSignature signature, Function<K, String> function) {
        return new KernelVariants<>(device, CudaElementwise.class, file, signature, function);
    }

    private void launch(Kernel kernel, LaunchGeometry geometry) {
        kernel.launch(geometry, device.computeStream());
    }

    @Override
    public void fill(long count, float value, Buffer y) {
        DType dtype = CudaOperand.dtype("y", y, DType.values());
        long bits = FillPattern.of(dtype, value).bits();
        long ys = operand.address("y", y, dtype, count);
        long bytes = count * dtype.bytes();
        if (count > 0) {
            Kernel kernel = fill.of("fill");
            kernel.arguments().setPointer(0, ys).set(1, bytes).set(2, bits);
            launch(kernel, Access.PACKS.over(bytes + ys % FILL_BYTES, FILL_BYTES));
        }
    }

    // A copy on the device is the driver's own, which is as fast as it gets.
    @Override
    public void copy(long count, Buffer x, Buffer y) {
        DType dtype = CudaOperand.dtype("y", y, DType.values());
        operand.address("x", x, dtype, count);
        operand.address("y", y, dtype, count);
        if (count > 0) {
            y.slice(0, count).copyFrom(x.slice(0, count));
        }
    }

    @Override
    public void add(long count, Buffer a, Buffer b, Buffer y) {
        DType dtype = CudaOperand.dtype("a", a, DType.F32, DType.BF16);
        long as = operand.address("a", a, dtype, count);
        long bs = operand.address("b", b, dtype, count);
        long ys = operand.address("y", y, dtype, count);
        if (count > 0) {
            TypedAccess access = new TypedAccess(dtype, Access.of(as, bs, ys));
            Kernel kernel = add.of(access);
            kernel.arguments().setPointer(0, as).setPointer(1, bs).setPointer(2, ys).set(3, count);
            launch(kernel, access.over(count));
        }
    }

    @Override
    public void cast(long count, Buffer x, Buffer y) {
        DType from = CudaOperand.dtype("x", x, DType.values());
        DType to = CudaOperand.dtype("y", y, DType.values());
        if (from == to) {
            copy(count, x, y);
            return;
        }
        Conversion.between(from, to);
        long xs = operand.address("x", x, from, count);
        long ys = operand.address("y", y, to, count);
        if (count > 0) {
            Access access = Access.of(xs, ys);
            Kernel kernel = cast.of(new Cast(from, to, access));
            kernel.arguments().setPointer(0, xs).setPointer(1, ys).set(2, count);
            launch(kernel, access.over(count, CAST_ELEMENTS));
        }
    }

    @Override
    public double sumOfSquares(long count, Buffer x) {
        DType dtype = CudaOperand.dtype("x", x, DType.F32, DType.BF16);
        long xs = operand.address("x", x, dtype, count);
        if (count == 0) {
            return 0;
        }
        TypedAccess access = new TypedAccess(dtype, Access.of(xs));
        int blocks = (int) Math.min(PARTIALS, Math.ceilDiv(count, (long) SUM_THREADS * access.elements()));
        // 8 bytes a float64, which no dtype is
        try (MemoryScope scope = device.openScope("sum of squares")) {
            long partials = CudaBuffer.address(scope.allocate("partial sums", DType.I64, blocks));
            CudaBuffer result = CudaBuffer.of(scope.allocate("sum", DType.I64, 1));
            Kernel squares = sumOfSquares.of(access);
            squares.arguments().setPointer(0, xs).setPointer(1, partials).set(2, count);
            launch(squares, new LaunchGeometry(blocks, SUM_THREADS));
            Kernel all = total.of("sum_of_partials");
            all.arguments().setPointer(0, partials).setPointer(1, result.address()).set(2, blocks);
            launch(all, new LaunchGeometry(1, SUM_THREADS));
            double[] sum = new double[1];
            result.copyTo(MemorySegment.ofArray(sum));
            return sum[0];
        }
    }

    // no square of a finite float leaves float64, nor does any sum of them
    @Override
    public boolean allFinite(long count, Buffer x) {
        return Double.isFinite(sumOfSquares(count, x));
    }

    @Override
    public void sequenceSum(PackedSequences sequences, Buffer x, Buffer minus, Buffer y) {
        long xs = operand.address("x", x, DType.F32, sequences.tokens());
        long less = operand.addressOrNull("minus", minus, DType.F32, sequences.tokens());
        long ys = operand.address("y", y, DType.F32, sequences.count());
        if (sequences.count() > 0) {
            Kernel kernel = sequenceSum.of("sequence_sum");
            kernel.arguments().setPointer(0, xs).setPointer(1, less).setPointer(2, offsets(sequences)).setPointer(3, ys);
            launch(kernel, new LaunchGeometry(sequences.count(), SUM_THREADS));
        }
    }

    @Override
    public void sequenceSumBackward(PackedSequences sequences, Buffer dy, Buffer dx) {
        long slopes = operand.address("dy", dy, DType.F32, sequences.count());
        long gradients = operand.address("dx", dx, DType.F32, sequences.tokens());
        if (sequences.tokens() > 0) {
            Kernel kernel = sequenceSumBackward.of("sequence_sum_backward");
            kernel.arguments().setPointer(0, slopes).setPointer(1, offsets(sequences)).setPointer(2, gradients);
            launch(kernel, new LaunchGeometry(sequences.count(), SUM_THREADS));
        }
    }

    private long offsets(PackedSequences sequences) {
        return CudaBuffer.address(device.table(sequences.offsets()));
    }
}
