package dev.panacea.kernels.attention;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.attention.Attention.Shape;
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
import java.util.Arrays;

/**
 * The decoding step of {@link Attention} on a CUDA device: {@code attention/decode.cu} and {@code attention/decode_combine.cu}. A sequence
 * gets the same bits whatever its batch, the cache's capacity and the card. For one thread at a time.
 */
final class CudaAttentionDecode {
    private static final KernelSignature SPLIT =
        KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT, INT, FLOAT);
    private static final KernelSignature COMBINE = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT);

    // as decode_splits.cuh and decode.cu have them
    private static final int SPLIT_KEYS = 256;
    private static final int HEADS = 16;
    private static final int THREADS = 128;
    private static final int SHARED_BYTES = 64 << 10;
    private static final int[] WIDTHS = {64, 128, 256};
    private static final double LOG2_E = 1 / Math.log(2);

    private record Variant(DType dtype, int width) {
        String function() {
            return "attention_decode_" + KernelVariants.spelled(dtype) + "_" + width;
        }
    }

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<Variant> split;
    private final KernelVariants<DType> combine;

    CudaAttentionDecode(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        split = new KernelVariants<>(device, CudaAttentionDecode.class, variant -> "decode.ptx", SPLIT, variant -> SHARED_BYTES,
            Variant::function);
        combine = new KernelVariants<>(device, CudaAttentionDecode.class, "decode_combine.ptx", COMBINE,
            dtype -> "attention_decode_combine_" + KernelVariants.spelled(dtype));
    }

    /** As {@link Attention#decode}. */
    void run(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output) {
        AttentionOperands operands = AttentionOperands.of(operand, shape, query);
        DType dtype = operands.dtype();
        long cached = Math.multiplyExact((long) lengths.length * capacity, (long) shape.keyValueHeads());
        long queries = (long) lengths.length * shape.queryHeads();
        int splits = mostSplits(lengths, capacity, shape.window());
        long[] matrices = {operands.address("query", query, queries), operands.address("keyCache", keyCache, cached),
            operands.address("valueCache", valueCache, cached)};
        long outputs = operands.address("output", output, queries);
        if (lengths.length == 0) {
            return;
        }
        long table = CudaBuffer.address(device.table(lengths));
        try (MemoryScope scope = device.openScope("attention of one token")) {
            long partials = CudaBuffer.address(scope.allocate("partial sums", DType.F32, queries * splits * shape.headDimension()));
            long statistics = CudaBuffer.address(scope.allocate("statistics", DType.F32, queries * splits * 2));
            launchSplits(split.of(new Variant(dtype, width(operands.columns()))), shape, capacity, matrices, table, partials, statistics,
                new Dimensions(lengths.length, shape.keyValueHeads() * Math.ceilDiv(shape.group(), HEADS), splits));
            launchCombine(combine.of(dtype), shape, Math.toIntExact(queries), splits, partials, statistics, table, outputs);
        }
    }

    private void launchSplits(Kernel kernel, Shape shape, int capacity, long[] matrices, long lengths, long partials, long statistics,
                              Dimensions grid) {
        kernel.arguments().setPointer(0, matrices[0]).setPointer(1, matrices[1]).setPointer(2, matrices[2]).setPointer(3, lengths)
            .setPointer(4, partials).setPointer(5, statistics).set(6, shape.queryHeads()).set(7, shape.keyValueHeads())
            .set(8, shape.headDimension()).set(9, capacity).set(10, shape.window()).set(11, (float) (shape.scale() * LOG2_E));
        kernel.launch(new LaunchGeometry(grid, new Dimensions(THREADS), SHARED_BYTES), device.computeStream());
    }

    private void launchCombine(Kernel kernel, Shape shape, int queries, int splits, long partials, long statistics, long lengths,
                               long output) {
        kernel.arguments().setPointer(0, partials).setPointer(1, statistics).setPointer(2, lengths).setPointer(3, output)
            .set(4, shape.queryHeads()).set(5, shape.headDimension()).set(6, splits).set(7, shape.window());
        kernel.launch(new LaunchGeometry(queries, THREADS), device.computeStream());
    }

    /** The narrowest kernel that holds a head. */
    private static int width(int headDimension) {
        return Arrays.stream(WIDTHS).filter(width -> width >= headDimension).findFirst().orElseThrow();
    }

    private static int mostSplits(int[] lengths, int capacity, int window) {
        int most = 0;
        for (int s = 0; s < lengths.length; s++) {
            if (lengths[s] < 1 || lengths[s] > capacity) {
                throw new IllegalArgumentException("sequence " + s + " has " + lengths[s] + " cached positions; the cache holds 1 to "
                    + capacity);
            }
            int begin = window > 0 ? Math.max(0, lengths[s] - window) : 0;
            most = Math.max(most, Math.ceilDiv(lengths[s], SPLIT_KEYS) - begin / SPLIT_KEYS);
        }
        return most;
    }
}
