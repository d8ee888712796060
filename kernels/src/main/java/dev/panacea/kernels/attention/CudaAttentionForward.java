package dev.panacea.kernels.attention;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** The forward of attention on a CUDA device: {@code attention/forward_*.cu}. */
final class CudaAttentionForward {
    private static final KernelSignature SIGNATURE = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT,
        INT, INT, INT, INT, FLOAT);
    // blocks in the second dimension of a grid
    private static final int MOST_TILES = 65_535;

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

        LaunchGeometry geometry(int heads, int tiles) {
            return new LaunchGeometry(new Dimensions(heads, tiles), new Dimensions(32 * warps), sharedBytes());
        }
    }

    private record Variant(Code code, DType dtype, boolean masked) {
        String file() {
            return "forward_" + code.dimension + ".ptx";
        }

        String function() {
            return "attention_forward_" + KernelVariants.spelled(dtype) + "_" + code.dimension + (masked ? "_masked" : "");
        }
    }

    private record Plan(Shape shape, PackedSequences sequences, int[] tiles) { }

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<Variant> kernels;
    private Plan plan;

    CudaAttentionForward(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        kernels = new KernelVariants<>(device, CudaAttentionForward.class, Variant::file, SIGNATURE, variant -> variant.code.sharedBytes(),
            Variant::function);
    }

    void run(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
             Buffer logSumExp) {
        AttentionOperands operands = AttentionOperands.of(operand, shape, query);
        long queries = (long) sequences.tokens() * shape.queryHeads();
        long keys = (long) sequences.tokens() * shape.keyValueHeads();
        long queryAddress = operands.address("query", query, queries);
        long keyAddress = operands.address("key", key, keys);
        long valueAddress = operands.address("value", value, keys);
        long maskAddress = operand.addressOrNull("keyMask", keyMask, DType.U8, sequences.tokens());
        long outputAddress = operands.address("output", output, queries);
        long logAddress = operand.address("logSumExp", logSumExp, DType.F32, queries);
        if (sequences.tokens() == 0) {
            return;
        }
        int[] tiles = schedule(shape, sequences);
        int columns = operands.columns();
        Variant variant = new Variant(Code.of(columns), operands.dtype(), keyMask != null);
        Kernel kernel = kernels.of(variant);
        kernel.arguments().setPointer(0, queryAddress).setPointer(1, keyAddress).setPointer(2, valueAddress).setPointer(3, maskAddress)
            .setPointer(5, outputAddress).setPointer(6, logAddress).set(7, shape.queryHeads()).set(8, shape.keyValueHeads()).set(9, columns)
            .set(10, shape.window() < sequences.longest() ? shape.window() : 0).set(11, shape.causal() ? 1 : 0).set(12, shape.scale());
        long table = CudaBuffer.address(device.table(tiles));
        int count = tiles.length / QuerySchedule.ENTRY;
        for (int from = 0; from < count; from += MOST_TILES) {
            kernel.arguments().setPointer(4, table + (long) from * QuerySchedule.ENTRY * Integer.BYTES);
            kernel.launch(variant.code.geometry(shape.queryHeads(), Math.min(MOST_TILES, count - from)), device.computeStream());
        }
    }

    // all layers of a model ask for the same
    private int[] schedule(Shape shape, PackedSequences sequences) {
        if (plan == null || plan.sequences != sequences || !plan.shape.equals(shape)) {
            plan = new Plan(shape, sequences, QuerySchedule.of(shape, sequences, Code.ROWS));
        }
        return plan.tiles;
    }
}
