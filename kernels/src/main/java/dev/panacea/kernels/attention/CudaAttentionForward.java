package dev.panacea.kernels.attention;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The forward of attention on a CUDA device: {@code attention/forward_*.cu}. */
final class CudaAttentionForward {
    private static final KernelSignature SIGNATURE = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT,
        INT, INT, INT, INT, FLOAT);
    private static final int ALIGNMENT = 16;

    /** The code for one padded head dimension, with the tile that {@code attention/forward.cuh} gives it. */
    private enum Code {
        D32(32, 128, 4), D64(64, 128, 4), D96(96, 64, 4), D128(128, 64, 4), D256(256, 64, 8);

        private static final int ROWS = 128;

        private final int dimension;
        private final int keys;
        private final int warps;

        Code(int dimension, int keys, int warps) {
            this.dimension = dimension;
            this.keys = keys;
            this.warps = warps;
        }

        /** The least that holds {@code columns}. */
        static Code of(int columns) {
            Code code = D32;
            while (code.dimension < columns) {
                code = values()[code.ordinal() + 1];
            }
            return code;
        }

        int sharedBytes() {
            return (ROWS + 2 * keys) * dimension * DType.BF16.bytes();
        }

        LaunchGeometry geometry(int blocks) {
            return new LaunchGeometry(new Dimensions(blocks), new Dimensions(32 * warps), sharedBytes());
        }
    }

    private record Variant(Code code, DType dtype, boolean masked) {
        String function() {
            return "attention_forward_" + dtype.name().toLowerCase(Locale.ROOT) + "_" + code.dimension + (masked ? "_masked" : "");
        }
    }

    private final CudaDevice device;
    private final CudaOperand operand;
    private final Map<Variant, Kernel> kernels = new HashMap<>();

    CudaAttentionForward(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
    }

    void run(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
             Buffer logSumExp) {
        DType dtype = dtype(query);
        int columns = columns(shape);
        long queries = (long) sequences.tokens() * shape.queryHeads();
        long keys = (long) sequences.tokens() * shape.keyValueHeads();
        long queryAddress = aligned("query", query, dtype, queries * columns);
        long keyAddress = aligned("key", key, dtype, keys * columns);
        long valueAddress = aligned("value", value, dtype, keys * columns);
        long maskAddress = operand.addressOrNull("keyMask", keyMask, DType.U8, sequences.tokens());
        long outputAddress = aligned("output", output, dtype, queries * columns);
        long logAddress = operand.address("logSumExp", logSumExp, DType.F32, queries);
        if (sequences.tokens() == 0) {
            return;
        }
        int[] tiles = QuerySchedule.of(shape, sequences, Code.ROWS);
        int blocks = Math.multiplyExact(tiles.length / 3, shape.queryHeads());
        Variant variant = new Variant(Code.of(columns), dtype, keyMask != null);
        Kernel kernel = kernels.computeIfAbsent(variant, this::load);
        kernel.arguments().setPointer(0, queryAddress).setPointer(1, keyAddress).setPointer(2, valueAddress).setPointer(3, maskAddress)
            .setPointer(4, CudaBuffer.address(device.table(tiles))).setPointer(5, outputAddress).setPointer(6, logAddress)
            .set(7, shape.queryHeads()).set(8, shape.keyValueHeads()).set(9, columns)
            .set(10, shape.window() < sequences.longest() ? shape.window() : 0).set(11, shape.causal() ? 1 : 0).set(12, shape.scale());
        kernel.launch(variant.code.geometry(blocks), device.computeStream());
    }

    private Kernel load(Variant variant) {
        Kernel kernel = device.kernel("forward_" + variant.code.dimension + ".ptx", CudaAttentionForward.class::getResourceAsStream,
            variant.function(), SIGNATURE);
        kernel.allowDynamicShared(variant.code.sharedBytes());
        return kernel;
    }

    private long aligned(String name, Buffer buffer, DType dtype, long count) {
        long address = operand.address(name, buffer, dtype, count);
        if (address % ALIGNMENT != 0) {
            throw new IllegalArgumentException(name + " must begin at a multiple of " + ALIGNMENT + " bytes: " + buffer);
        }
        return address;
    }

    private DType dtype(Buffer query) {
        if (query == null) {
            throw new IllegalArgumentException("query is missing");
        }
        if (query.dtype() != DType.BF16 && query.dtype() != DType.F16) {
            throw device.lacks("attention in " + query.dtype() + ", only in BF16 and F16,");
        }
        return query.dtype();
    }

    private int columns(Shape shape) {
        int columns = shape.headDimension();
        if (columns % 8 != 0 || columns > Code.D256.dimension) {
            throw device.lacks("attention with a head dimension of " + columns + ", only with multiples of 8 up to " + Code.D256.dimension
                + ",");
        }
        return columns;
    }
}
