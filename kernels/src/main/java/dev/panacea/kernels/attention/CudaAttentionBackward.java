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
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import java.util.function.ToIntFunction;

/** The backward of attention on a CUDA device: {@code attention/backward_*.cu}. */
final class CudaAttentionBackward {
    private static final KernelSignature PREPARE = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER,
        POINTER, INT, INT);
    private static final KernelSignature MAIN = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER,
        POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT, INT, FLOAT);
    private static final KernelSignature FINISH = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, FLOAT);

    private record Variant(BackwardCode code, DType dtype) {
        String ending() {
            return KernelVariants.spelled(dtype) + "_" + code.dimension();
        }

        String file() {
            return "backward_" + ending() + ".ptx";
        }
    }

    private record Plan(BackwardCode code, PackedSequences sequences, int[] tiles) { }

    /** Addresses of one call's arguments, each checked. */
    private record Arguments(long query, long key, long value, long keyMask, long output, long logSumExp, long dOutput, long dQuery,
                             long dKey, long dValue) { }

    /** Addresses of what lives for one call; turns and ticket are 0 when adds come in any order. */
    private record Scratch(long statistics, long querySums, long turns, long ticket) { }

    private final CudaDevice device;
    private final Accumulation accumulation;
    private final CudaOperand operand;
    private final KernelVariants<Variant> prepare;
    private final KernelVariants<Variant> main;
    private final KernelVariants<Variant> finish;
    private Plan plan;

    CudaAttentionBackward(CudaDevice device, Accumulation accumulation) {
        this.device = device;
        this.accumulation = accumulation;
        operand = new CudaOperand(device);
        prepare = kernels("attention_backward_prepare_", PREPARE, variant -> 0);
        main = kernels("attention_backward_", MAIN, variant -> variant.code.sharedBytes());
        finish = kernels("attention_backward_finish_", FINISH, variant -> 0);
    }

    private KernelVariants<Variant> kernels(String name, KernelSignature signature, ToIntFunction<Variant> shared) {
        return new KernelVariants<>(device, CudaAttentionBackward.class, Variant::file, signature, shared,
            variant -> name + variant.ending());
    }

    void run(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
             Buffer logSumExp, Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue) {
        AttentionOperands operands = AttentionOperands.of(operand, shape, query);
        long queries = (long) sequences.tokens() * shape.queryHeads();
        long keys = (long) sequences.tokens() * shape.keyValueHeads();
        Arguments arguments = new Arguments(operands.address("query", query, queries), operands.address("key", key, keys),
            operands.address("value", value, keys), operand.addressOrNull("keyMask", keyMask, DType.U8, sequences.tokens()),
            operands.address("output", output, queries), operand.address("logSumExp", logSumExp, DType.F32, queries),
            operands.address("dOutput", dOutput, queries), operands.address("dQuery", dQuery, queries),
            operands.address("dKey", dKey, keys), operands.address("dValue", dValue, keys));
        if (sequences.tokens() > 0) {
            run(shape, sequences, new Variant(BackwardCode.of(operands.columns()), operands.dtype()), arguments);
        }
    }

    // The scope gives its memory back before the kernels have run, which is safe: it is reused in stream order.
    private void run(Shape shape, PackedSequences sequences, Variant variant, Arguments arguments) {
        BackwardCode code = variant.code;
        int[] schedule = schedule(code, sequences);
        int tiles = schedule.length / KeySchedule.ENTRY;
        int queryBlocks = Math.multiplyExact(tiles, shape.queryHeads());
        try (MemoryScope scope = device.openScope("gradient of attention")) {
            Scratch scratch = allocate(scope, code, queryBlocks);
            long table = CudaBuffer.address(device.table(schedule));
            Kernel before = prepare.of(variant);
            before.arguments().setPointer(0, arguments.output).setPointer(1, arguments.dOutput).setPointer(2, arguments.logSumExp)
                .setPointer(3, table).setPointer(4, scratch.statistics).setPointer(5, scratch.querySums).setPointer(6, scratch.turns)
                .setPointer(7, scratch.ticket).set(8, shape.queryHeads()).set(9, shape.headDimension());
            before.launch(code.beforeAndAfter(queryBlocks), device.computeStream());
            Kernel products = main.of(variant);
            setMain(products, shape, sequences, arguments, scratch, table);
            products.launch(code.main(tiles * shape.keyValueHeads()), device.computeStream());
            Kernel after = finish.of(variant);
            after.arguments().setPointer(0, scratch.querySums).setPointer(1, table).setPointer(2, arguments.dQuery)
                .set(3, shape.queryHeads()).set(4, shape.headDimension()).set(5, shape.scale());
            after.launch(code.beforeAndAfter(queryBlocks), device.computeStream());
        }
    }

    // all layers of a model ask for the same
    private int[] schedule(BackwardCode code, PackedSequences sequences) {
        if (plan == null || plan.sequences != sequences || plan.code != code) {
            plan = new Plan(code, sequences, KeySchedule.of(sequences, code.keys()));
        }
        return plan.tiles;
    }

    private Scratch allocate(MemoryScope scope, BackwardCode code, int queryBlocks) {
        long rows = (long) queryBlocks * code.keys();
        long sums = CudaBuffer.address(scope.allocate("sums of dQ", DType.F32, rows * code.dimension()));
        long statistics = CudaBuffer.address(scope.allocate("statistics of queries", DType.F32, 2 * rows));
        if (accumulation == Accumulation.UNORDERED) {
            return new Scratch(statistics, sums, 0, 0);
        }
        long counters = (long) queryBlocks * code.parts() * BackwardCode.WARPS;
        long turns = CudaBuffer.address(scope.allocate("turns of dQ", DType.I32, counters + 1));
        return new Scratch(statistics, sums, turns, turns + counters * DType.I32.bytes());
    }

    private static void setMain(Kernel main, Shape shape, PackedSequences sequences, Arguments arguments, Scratch scratch, long table) {
        main.arguments().setPointer(0, arguments.query).setPointer(1, arguments.key).setPointer(2, arguments.value)
            .setPointer(3, arguments.dOutput).setPointer(4, arguments.keyMask).setPointer(5, table).setPointer(6, scratch.statistics)
            .setPointer(7, scratch.querySums).setPointer(8, scratch.turns).setPointer(9, scratch.ticket).setPointer(10, arguments.dKey)
            .setPointer(11, arguments.dValue).set(12, shape.queryHeads()).set(13, shape.keyValueHeads()).set(14, shape.headDimension())
            .set(15, shape.window() < sequences.longest() ? shape.window() : 0).set(16, shape.causal() ? 1 : 0).set(17, shape.scale());
    }
}
