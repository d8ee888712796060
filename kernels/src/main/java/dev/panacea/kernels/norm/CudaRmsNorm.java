package dev.panacea.kernels.norm;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.Access;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.function.Function;

/** RMSNorm on a CUDA device: {@code norm/rms_norm_forward.cu} and {@code norm/rms_norm_backward.cu}. For one thread at a time. */
final class CudaRmsNorm implements RmsNorm {
    private static final KernelSignature FORWARD =
        KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT, FLOAT);
    private static final KernelSignature BACKWARD =
        KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT);
    private static final KernelSignature WEIGHT_GRADIENT = KernelSignature.of(POINTER, POINTER, INT, INT);

    // Rows of partial sums of dw: enough to fill any card, few enough that adding them up costs little. The same on every card, so that
    // the bits are.
    private static final int PARTIALS = 512;
    private static final Dimensions WEIGHT_BLOCK = new Dimensions(32, 16);

    /** Which of the kernels of one name. */
    private record Variant(DType dtype, RowGroups.Variant row) {
        String nameAfter(String prefix) {
            return prefix + "_" + KernelVariants.spelled(dtype) + "_" + row.ending();
        }
    }

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<Variant> forward;
    private final KernelVariants<Variant> backward;
    private final KernelVariants<Variant> backwardAndWeight;
    private final KernelVariants<String> weightGradient;

    CudaRmsNorm(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        forward = kernels("rms_norm_forward.ptx", FORWARD, variant -> variant.nameAfter("rms_norm_forward"));
        backward = kernels("rms_norm_backward.ptx", BACKWARD, variant -> variant.nameAfter("rms_norm_backward"));
        backwardAndWeight = kernels("rms_norm_backward.ptx", BACKWARD, variant -> variant.nameAfter("rms_norm_backward_weight"));
        weightGradient = kernels("rms_norm_backward.ptx", WEIGHT_GRADIENT, name -> name);
    }

    private <K> KernelVariants<K> kernels(String file, KernelSignature signature, Function<K, String> name) {
        return new KernelVariants<>(device, CudaRmsNorm.class, file, signature, name);
    }

    @Override
    public void forward(int rows, int columns, float epsilon, Buffer x, Buffer residual, Buffer weight, Buffer sum, Buffer y,
                        Buffer inverseRms) {
        if ((residual == null) != (sum == null)) {
            throw new IllegalArgumentException("sum and residual go together: both or neither");
        }
        DType dtype = CudaOperand.dtype("x", x, DType.F32, DType.BF16);
        long count = (long) rows * columns;
        long xs = operand.address("x", x, dtype, count);
        long residuals = operand.addressOrNull("residual", residual, dtype, count);
        long weights = operand.address("weight", weight, dtype, columns);
        long sums = operand.addressOrNull("sum", sum, dtype, count);
        long ys = operand.address("y", y, dtype, count);
        long inverses = operand.address("inverseRms", inverseRms, DType.F32, rows);
        if (count == 0) {
            return;
        }
        RowGroups groups = RowGroups.of(columns, dtype, Access.of(xs, residuals, weights, sums, ys));
        Kernel kernel = forward.of(new Variant(dtype, groups.variant()));
        kernel.arguments().setPointer(0, xs).setPointer(1, residuals).setPointer(2, weights).setPointer(3, sums).setPointer(4, ys)
            .setPointer(5, inverses).set(6, rows).set(7, columns).set(8, epsilon);
        kernel.launch(geometry(groups.blocks(rows), groups), device.computeStream());
    }

    @Override
    public void backward(int rows, int columns, Buffer dy, Buffer s, Buffer weight, Buffer inverseRms, Buffer dSum, Buffer dx,
                         Buffer dWeight) {
        DType dtype = CudaOperand.dtype("dy", dy, DType.F32, DType.BF16);
        long count = (long) rows * columns;
        long[] matrices = {operand.address("dy", dy, dtype, count), operand.address("s", s, dtype, count),
            operand.address("weight", weight, dtype, columns), operand.addressOrNull("dSum", dSum, dtype, count),
            operand.address("dx", dx, dtype, count)};
        long inverses = operand.address("inverseRms", inverseRms, DType.F32, rows);
        long dWeights = operand.addressOrNull("dWeight", dWeight, DType.F32, columns);
        if (count == 0) {
            return;
        }
        RowGroups groups = RowGroups.of(columns, dtype, Access.of(matrices));
        if (dWeight == null) {
            Kernel kernel = backward.of(new Variant(dtype, groups.variant()));
            launchBackward(kernel, groups, groups.blocks(rows), matrices, inverses, 0, rows, columns);
        } else {
            backwardWithWeight(dtype, groups, matrices, inverses, dWeights, rows, columns);
        }
    }

    // The scope gives the partial sums back before the kernels have run, which is safe: memory is reused in stream order.
    private void backwardWithWeight(DType dtype, RowGroups groups, long[] matrices, long inverses, long dWeight, int rows, int columns) {
        int blocks = groups.blocks(Math.min(rows, PARTIALS));
        int partialRows = blocks * groups.rows();
        try (MemoryScope scope = device.openScope("gradient of RMSNorm's weight")) {
            long partials = CudaBuffer.address(scope.allocate("partial sums", DType.F32, (long) partialRows * columns));
            Kernel kernel = backwardAndWeight.of(new Variant(dtype, groups.variant()));
            launchBackward(kernel, groups, blocks, matrices, inverses, partials, rows, columns);
            Kernel sum = weightGradient.of("rms_norm_weight_gradient");
            sum.arguments().setPointer(0, partials).setPointer(1, dWeight).set(2, partialRows).set(3, columns);
            sum.launch(new LaunchGeometry(new Dimensions(Math.ceilDiv(columns, WEIGHT_BLOCK.x())), WEIGHT_BLOCK, 0),
                device.computeStream());
        }
    }

    private void launchBackward(Kernel kernel, RowGroups groups, int blocks, long[] matrices, long inverses, long partials, int rows,
                                int columns) {
        kernel.arguments().setPointer(0, matrices[0]).setPointer(1, matrices[1]).setPointer(2, matrices[2]).setPointer(3, inverses)
            .setPointer(4, matrices[3]).setPointer(5, matrices[4]).setPointer(6, partials).set(7, rows).set(8, columns);
        kernel.launch(geometry(blocks, groups), device.computeStream());
    }

    private static LaunchGeometry geometry(int blocks, RowGroups groups) {
        return new LaunchGeometry(new Dimensions(blocks), groups.block(), 0);
    }
}
