package dev.panacea.kernels.norm;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

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

    /** The kernels of one name for each dtype and way of a row, loaded at their first use. */
    private final class Variants {
        private final String file;
        private final String prefix;
        private final KernelSignature signature;
        private final Map<DType, Map<RowGroups.Variant, Kernel>> loaded = new EnumMap<>(DType.class);

        Variants(String file, String prefix, KernelSignature signature) {
            this.file = file;
            this.prefix = prefix;
            this.signature = signature;
        }

        Kernel of(DType dtype, RowGroups.Variant variant) {
            return loaded.computeIfAbsent(dtype, any -> new EnumMap<>(RowGroups.Variant.class)).computeIfAbsent(variant,
                any -> load(file, prefix + "_" + dtype.name().toLowerCase(Locale.ROOT) + "_" + variant.ending(), signature));
        }
    }

    private final CudaDevice device;
    private final CudaOperand operand;
    private final Variants forward = new Variants("rms_norm_forward.ptx", "rms_norm_forward", FORWARD);
    private final Variants backward = new Variants("rms_norm_backward.ptx", "rms_norm_backward", BACKWARD);
    private final Variants backwardAndWeight = new Variants("rms_norm_backward.ptx", "rms_norm_backward_weight", BACKWARD);
    private Kernel weightGradient;

    CudaRmsNorm(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
    }

    @Override
    public void forward(int rows, int columns, float epsilon, Buffer x, Buffer residual, Buffer weight, Buffer sum, Buffer y,
                        Buffer inverseRms) {
        if ((residual == null) != (sum == null)) {
            throw new IllegalArgumentException("sum and residual go together: both or neither");
        }
        DType dtype = dtype("x", x);
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
        RowGroups groups = RowGroups.of(columns, dtype, RowGroups.isAligned(xs, residuals, weights, sums, ys));
        Kernel kernel = forward.of(dtype, groups.variant());
        kernel.arguments().setPointer(0, xs).setPointer(1, residuals).setPointer(2, weights).setPointer(3, sums).setPointer(4, ys)
            .setPointer(5, inverses).set(6, rows).set(7, columns).set(8, epsilon);
        kernel.launch(geometry(groups.blocks(rows), groups), device.computeStream());
    }

    @Override
    public void backward(int rows, int columns, Buffer dy, Buffer s, Buffer weight, Buffer inverseRms, Buffer dSum, Buffer dx,
                         Buffer dWeight) {
        DType dtype = dtype("dy", dy);
        long count = (long) rows * columns;
        long[] matrices = {operand.address("dy", dy, dtype, count), operand.address("s", s, dtype, count),
            operand.address("weight", weight, dtype, columns), operand.addressOrNull("dSum", dSum, dtype, count),
            operand.address("dx", dx, dtype, count)};
        long inverses = operand.address("inverseRms", inverseRms, DType.F32, rows);
        long dWeights = operand.addressOrNull("dWeight", dWeight, DType.F32, columns);
        if (count == 0) {
            return;
        }
        RowGroups groups = RowGroups.of(columns, dtype, RowGroups.isAligned(matrices));
        if (dWeight == null) {
            launchBackward(backward.of(dtype, groups.variant()), groups, groups.blocks(rows), matrices, inverses, 0, rows, columns);
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
            launchBackward(backwardAndWeight.of(dtype, groups.variant()), groups, blocks, matrices, inverses, partials, rows, columns);
            Kernel sum = weightGradient();
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

    private Kernel weightGradient() {
        if (weightGradient == null) {
            weightGradient = load("rms_norm_backward.ptx", "rms_norm_weight_gradient", WEIGHT_GRADIENT);
        }
        return weightGradient;
    }

    private Kernel load(String file, String function, KernelSignature signature) {
        return device.kernel(file, CudaRmsNorm.class::getResourceAsStream, function, signature);
    }

    private static DType dtype(String name, Buffer buffer) {
        if (buffer == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        if (buffer.dtype() != DType.F32 && buffer.dtype() != DType.BF16) {
            throw new IllegalArgumentException(name + " must be F32 or BF16, but is " + buffer);
        }
        return buffer.dtype();
    }
}
