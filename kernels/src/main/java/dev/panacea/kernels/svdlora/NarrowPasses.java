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
import java.util.Locale;

/**
 * One read of a wide matrix (rows, columns) for its products with matrices of few columns: {@code svdlora/narrow_pass.cu}, and what adds up
 * their parts in order, {@code svdlora/narrow_sums.cu}. For one thread at a time.
 */
final class NarrowPasses {
    private static final KernelSignature PASS = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT);
    private static final KernelSignature SUM_AND_SCALE =
        KernelSignature.of(POINTER, INT, POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT);
    private static final KernelSignature SCALE = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT);
    private static final KernelSignature ADD = KernelSignature.of(POINTER, INT, POINTER, INT, INT, INT);
    private static final int THREADS = 256;
    // ranks of a thread
    private static final int WIDTH = 4;

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

    /** {@code values} (rows, rank) = wide · factor, {@code scaled} (rows, ranks) = values ⊙ d, rounded. */
    void project(NarrowGrid grid, Wide wide, long factor, Diagonals diagonals, long values, long scaled) {
        try (MemoryScope scope = device.openScope("parts of a projection")) {
            long slices = rowParts(scope, grid, wide, diagonals);
            pass(Products.PROJECT, grid, wide, diagonals.ranks(), factor, 0, slices, 0);
            sumAndScale(grid, wide, slices, diagonals, values, scaled);
        }
    }

    /** {@link #project} and {@link #factor} by one read of {@code wide}. */
    void projectAndFactor(NarrowGrid grid, Wide wide, long factor, long narrow, Diagonals diagonals, long values, long scaled, long sum) {
        try (MemoryScope scope = device.openScope("parts of a projection and a factor's gradient")) {
            long slices = rowParts(scope, grid, wide, diagonals);
            long parts = columnParts(scope, grid, wide, diagonals);
            pass(Products.PROJECT_AND_FACTOR, grid, wide, diagonals.ranks(), factor, narrow, slices, parts);
            sumAndScale(grid, wide, slices, diagonals, values, scaled);
            addParts(grid.parts(), parts, wide.columns, diagonals, sum);
        }
    }

    /** {@code sum} (columns, rank) += wideᵀ · narrow. */
    void factor(NarrowGrid grid, Wide wide, long narrow, Diagonals diagonals, long sum) {
        try (MemoryScope scope = device.openScope("parts of a factor's gradient")) {
            long parts = columnParts(scope, grid, wide, diagonals);
            pass(Products.FACTOR, grid, wide, diagonals.ranks(), 0, narrow, 0, parts);
            addParts(grid.parts(), parts, wide.columns, diagonals, sum);
        }
    }

    /** {@code scaled} (rows, ranks) = values (rows, rank) ⊙ d, rounded. */
    void scale(int rows, long values, Diagonals diagonals, long scaled) {
        Kernel kernel = scale.of("svdlora_scale_bf16");
        kernel.arguments().setPointer(0, values).setPointer(1, diagonals.diagonal()).setPointer(2, diagonals.preferenceOfRow())
            .setPointer(3, scaled).set(4, rows).set(5, diagonals.rank()).set(6, diagonals.ranks()).set(7, diagonals.preferences());
        kernel.launch(geometry(rows, diagonals.ranks()), device.computeStream());
    }

    /** {@code sum} (rows, rank) += the sum of parts (count, rows, ranks), in their order. */
    void addParts(int count, long parts, int rows, Diagonals diagonals, long sum) {
        Kernel kernel = add.of("svdlora_add_parts");
        kernel.arguments().setPointer(0, parts).set(1, count).setPointer(2, sum).set(3, rows).set(4, diagonals.rank())
            .set(5, diagonals.ranks());
        kernel.launch(geometry(rows, diagonals.ranks()), device.computeStream());
    }

    private void sumAndScale(NarrowGrid grid, Wide wide, long slices, Diagonals diagonals, long values, long scaled) {
        Kernel kernel = sumAndScale.of("svdlora_sum_and_scale_bf16");
        kernel.arguments().setPointer(0, slices).set(1, grid.slices()).setPointer(2, diagonals.diagonal())
            .setPointer(3, diagonals.preferenceOfRow()).setPointer(4, values).setPointer(5, scaled).set(6, wide.rows)
            .set(7, diagonals.rank()).set(8, diagonals.ranks()).set(9, diagonals.preferences());
        kernel.launch(geometry(wide.rows, diagonals.ranks()), device.computeStream());
    }

    private void pass(Products products, NarrowGrid grid, Wide wide, int ranks, long factor, long narrow, long slices, long parts) {
        Kernel kernel = passes.of(new Variant(products, grid.width()));
        kernel.arguments().setPointer(0, wide.address).setPointer(1, factor).setPointer(2, narrow).setPointer(3, slices)
            .setPointer(4, parts).set(5, wide.rows).set(6, wide.columns).set(7, ranks)
            .set(8, ProductCard.isAligned(wide.address, wide.columns) ? 1 : 0);
        kernel.launch(grid.geometry(products), device.computeStream());
    }

    private static long rowParts(MemoryScope scope, NarrowGrid grid, Wide wide, Diagonals diagonals) {
        return parts(scope, grid.slices(), wide.rows, diagonals.ranks());
    }

    private static long columnParts(MemoryScope scope, NarrowGrid grid, Wide wide, Diagonals diagonals) {
        return parts(scope, grid.parts(), wide.columns, diagonals.ranks());
    }

    private static long parts(MemoryScope scope, int count, int rows, int ranks) {
        return CudaBuffer.address(scope.allocate("parts", DType.F32, (long) count * rows * ranks));
    }

    private static LaunchGeometry geometry(int rows, int ranks) {
        return new LaunchGeometry(Math.toIntExact(Math.ceilDiv((long) rows * ranks / WIDTH, (long) THREADS)), THREADS);
    }
}
