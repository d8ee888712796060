package dev.panacea.kernels.svdlora;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.List;
import java.util.Locale;

/**
 * One read of a wide matrix (rows, columns) for its products with matrices of few columns, of one adapter or of up to three that share
 * it: {@code svdlora/narrow_pass.cu}, and what adds up their parts in order, {@code svdlora/narrow_sums.cu}. For one thread at a time.
 */
final class NarrowPasses {
    private static final KernelSignature PASS = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER,
        POINTER, INT, INT, INT, INT, INT, INT);
    private static final KernelSignature SUM_AND_SCALE = KernelSignature.of(POINTER, INT, POINTER, POINTER, POINTER, POINTER, POINTER,
        POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT, INT);
    private static final KernelSignature SCALE = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT);
    private static final KernelSignature ADD = KernelSignature.of(POINTER, INT, POINTER, POINTER, POINTER, INT, INT, INT, INT);
    private static final int THREADS = 256;
    // ranks of a thread
    private static final int WIDTH = 4;
    private static final NarrowOperands NONE = new NarrowOperands(new Diagonals(0, 0, 0, 0, 0), 0, 0, 0, 0, 0);

    /** What a pass leaves: wide · factor, of its rows, wideᵀ · narrow, of its columns, or both. */
    enum Products {
        PROJECT, FACTOR, PROJECT_AND_FACTOR;

        boolean ofRows() {
            return this != FACTOR;
        }

        boolean ofColumns() {
            return this != PROJECT;
        }
    }

    private record Variant(Products products, int width) {
        String function() {
            return "svdlora_" + products.name().toLowerCase(Locale.ROOT) + "_bf16_" + width;
        }
    }

    /** A matrix (rows, columns) of bfloat16. */
    record Wide(long address, int rows, int columns) { }

    private final CudaDevice device;
    private final KernelVariants<Variant> passes;
    private final KernelVariants<String> sumAndScale;
    private final KernelVariants<String> scale;
    private final KernelVariants<String> add;

    NarrowPasses(CudaDevice device) {
        this.device = device;
        passes = new KernelVariants<>(device, NarrowPasses.class, variant -> "narrow_pass.ptx", PASS,
            variant -> NarrowGrid.sharedBytes(variant.products, variant.width), Variant::function);
        sumAndScale = sums(SUM_AND_SCALE);
        scale = sums(SCALE);
        add = sums(ADD);
    }

    private KernelVariants<String> sums(KernelSignature signature) {
        return new KernelVariants<>(device, NarrowPasses.class, "narrow_sums.ptx", signature, name -> name);
    }

    /** Of every adapter, {@code values} = wide · factor, {@code scaled} = values ⊙ d, rounded. */
    void project(NarrowGrid grid, Wide wide, List<NarrowOperands> adapters) {
        try (MemoryScope scope = device.openScope("parts of a projection")) {
            long slices = parts(scope, grid.slices(), wide.rows, adapters);
            pass(Products.PROJECT, grid, wide, adapters, slices, 0);
            sumAndScale(grid, wide, slices, adapters);
        }
    }

    /** {@link #project} and {@link #factor} by one read of {@code wide}. */
    void projectAndFactor(NarrowGrid grid, Wide wide, List<NarrowOperands> adapters) {
        try (MemoryScope scope = device.openScope("parts of a projection and a factor's gradient")) {
            long slices = parts(scope, grid.slices(), wide.rows, adapters);
            long parts = parts(scope, grid.parts(), wide.columns, adapters);
            pass(Products.PROJECT_AND_FACTOR, grid, wide, adapters, slices, parts);
            sumAndScale(grid, wide, slices, adapters);
            addParts(grid.parts(), parts, wide.columns, adapters);
        }
    }

    /** Of every adapter, {@code sum} += wideᵀ · narrow. */
    void factor(NarrowGrid grid, Wide wide, List<NarrowOperands> adapters) {
        try (MemoryScope scope = device.openScope("parts of a factor's gradient")) {
            long parts = parts(scope, grid.parts(), wide.columns, adapters);
            pass(Products.FACTOR, grid, wide, adapters, 0, parts);
            addParts(grid.parts(), parts, wide.columns, adapters);
        }
    }

    /** {@code scaled} (rows, ranks) = values (rows, rank) ⊙ d, rounded. */
    void scale(int rows, long values, Diagonals diagonals, long scaled) {
        Kernel kernel = scale.of("svdlora_scale_bf16");
        kernel.arguments().setPointer(0, values).setPointer(1, diagonals.diagonal()).setPointer(2, diagonals.preferenceOfRow())
            .setPointer(3, scaled).set(4, rows).set(5, diagonals.rank()).set(6, diagonals.ranks()).set(7, diagonals.preferences());
        kernel.launch(geometry(rows, diagonals.ranks()), device.computeStream());
    }

    /** Of every adapter, {@code sum} (rows, rank) += the sum of parts (count, rows, ranks of all), in their order. */
    void addParts(int count, long parts, int rows, List<NarrowOperands> adapters) {
        Kernel kernel = add.of("svdlora_add_parts");
        kernel.arguments().setPointer(0, parts).set(1, count).set(5, rows);
        for (int i = 0; i < SvdLoraGroup.MOST_MEMBERS; i++) {
            NarrowOperands one = memberOf(adapters, i);
            kernel.arguments().setPointer(2 + i, one.sum()).set(6 + i, one.diagonals().rank());
        }
        kernel.launch(geometry(rows, ranks(adapters)), device.computeStream());
    }

    private void sumAndScale(NarrowGrid grid, Wide wide, long slices, List<NarrowOperands> adapters) {
        Diagonals shared = adapters.getFirst().diagonals();
        Kernel kernel = sumAndScale.of("svdlora_sum_and_scale_bf16");
        kernel.arguments().setPointer(0, slices).set(1, grid.slices()).setPointer(5, shared.preferenceOfRow()).set(12, wide.rows)
            .set(16, shared.preferences());
        for (int i = 0; i < SvdLoraGroup.MOST_MEMBERS; i++) {
            NarrowOperands one = memberOf(adapters, i);
            kernel.arguments().setPointer(2 + i, one.diagonals().diagonal()).setPointer(6 + i, one.values())
                .setPointer(9 + i, one.scaled()).set(13 + i, one.diagonals().rank());
        }
        kernel.launch(geometry(wide.rows, ranks(adapters)), device.computeStream());
    }

    private void pass(Products products, NarrowGrid grid, Wide wide, List<NarrowOperands> adapters, long slices, long parts) {
        Kernel kernel = passes.of(new Variant(products, grid.width()));
        kernel.arguments().setPointer(0, wide.address).setPointer(7, slices).setPointer(8, parts).set(9, wide.rows).set(10, wide.columns)
            .set(14, ProductCard.isAligned(wide.address, wide.columns) ? 1 : 0);
        for (int i = 0; i < SvdLoraGroup.MOST_MEMBERS; i++) {
            NarrowOperands one = memberOf(adapters, i);
            kernel.arguments().setPointer(1 + i, one.factor()).setPointer(4 + i, one.narrow()).set(11 + i, one.diagonals().rank());
        }
        kernel.launch(grid.geometry(products), device.computeStream());
    }

    // without ranks where there are fewer
    private static NarrowOperands memberOf(List<NarrowOperands> adapters, int index) {
        return index < adapters.size() ? adapters.get(index) : NONE;
    }

    private static long parts(MemoryScope scope, int count, int rows, List<NarrowOperands> adapters) {
        return CudaBuffer.address(scope.allocate("parts", DType.F32, (long) count * rows * ranks(adapters)));
    }

    /** Of all adapters, each filled up. */
    private static int ranks(List<NarrowOperands> adapters) {
        return adapters.stream().mapToInt(adapter -> adapter.diagonals().ranks()).sum();
    }

    private static LaunchGeometry geometry(int rows, int ranks) {
        return new LaunchGeometry(Math.toIntExact(Math.ceilDiv((long) rows * ranks / WIDTH, (long) THREADS)), THREADS);
    }
}
