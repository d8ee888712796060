package dev.panacea.kernels.logprob;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.ProductGrid.Block;
import dev.panacea.kernels.cuda.ProductGrid;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.function.Function;

/** Launches of the kernels in {@code logprob/*.cu}, each loaded at its first. Addresses of device memory; 0 for what is not given. */
final class ChunkLaunches {
    private static final KernelSignature ACTIVE = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT);
    private static final KernelSignature FILL = KernelSignature.of(POINTER, POINTER, INT, INT);
    private static final KernelSignature EXPONENTIALS = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, POINTER, POINTER, POINTER,
        POINTER, POINTER, INT, INT, INT);
    private static final KernelSignature PROBABILITIES = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, POINTER, POINTER, POINTER,
        POINTER, POINTER, INT, INT);
    private static final KernelSignature PRODUCT = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, POINTER, POINTER, POINTER, INT,
        INT, INT);
    private static final KernelSignature SUM = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, POINTER, POINTER, POINTER, INT, INT);
    private static final KernelSignature GATHER = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, POINTER, POINTER, INT);
    private static final KernelSignature SCALE = KernelSignature.of(POINTER, POINTER, POINTER, INT);

    private static final int SELECTING_THREADS = 1024;
    private static final int ROW_THREADS = 256;

    /** The rows with a target, as {@code logprob/chunk.cuh} has them, from {@code first} on. */
    record Chunk(long rows, long targets, long count, int first, int capacity) {
        Chunk from(int row) {
            return new Chunk(rows, targets, count, row, capacity);
        }
    }

    private final CudaDevice device;
    private final KernelVariants<String> active;
    private final KernelVariants<DType> fill;
    private final KernelVariants<Block> exponentials;
    private final KernelVariants<String> probabilities;
    private final KernelVariants<Block> product;
    private final KernelVariants<DType> sum;
    private final KernelVariants<String> gather;
    private final KernelVariants<Block> headGradient;
    private final KernelVariants<DType> scale;

    ChunkLaunches(CudaDevice device) {
        this.device = device;
        active = kernels("active_rows.ptx", ACTIVE, name -> name);
        fill = kernels("active_rows.ptx", FILL, dtype -> "log_prob_fill_" + KernelVariants.spelled(dtype));
        exponentials = products("exponentials.ptx", EXPONENTIALS, "log_prob_exponentials");
        probabilities = kernels("probabilities.ptx", PROBABILITIES, name -> name);
        product = products("derivative.ptx", PRODUCT, "log_prob_product");
        sum = kernels("derivative.ptx", SUM, dtype -> "log_prob_sum_" + KernelVariants.spelled(dtype));
        gather = kernels("head_gradient.ptx", GATHER, name -> name);
        headGradient = products("head_gradient.ptx", PRODUCT, "log_prob_head_gradient");
        scale = kernels("scale_rows.ptx", SCALE, dtype -> "log_prob_scale_" + KernelVariants.spelled(dtype));
    }

    private <K> KernelVariants<K> kernels(String file, KernelSignature signature, Function<K, String> function) {
        return new KernelVariants<>(device, ChunkLaunches.class, file, signature, function);
    }

    private KernelVariants<Block> products(String file, KernelSignature signature, String name) {
        return new KernelVariants<>(device, ChunkLaunches.class, block -> file, signature, Block::sharedBytes,
            block -> name + block.ending());
    }

    void selectActive(long targets, Chunk chunk, long logProb, int rows, int vocabulary) {
        Kernel kernel = active.of("log_prob_active_rows");
        kernel.arguments().setPointer(0, targets).setPointer(1, chunk.rows).setPointer(2, chunk.targets).setPointer(3, chunk.count)
            .setPointer(4, logProb).set(5, rows).set(6, vocabulary);
        kernel.launch(new LaunchGeometry(1, SELECTING_THREADS), device.computeStream());
    }

    /** Rows of {@code to} without a target. */
    void fill(DType dtype, long targets, long to, LinearLogProb.Shape shape) {
        Kernel kernel = fill.of(dtype);
        kernel.arguments().setPointer(0, targets).setPointer(1, to).set(2, shape.columns()).set(3, shape.vocabulary());
        launchRows(kernel, shape.rows());
    }

    void exponentials(Chunk chunk, ChunkPlan plan, long x, long head, long exponentials, long parts, long targetLogits) {
        ProductGrid grid = plan.logits();
        Kernel kernel = this.exponentials.of(grid.block());
        on(kernel, chunk).setPointer(5, x).setPointer(6, head).setPointer(7, exponentials).setPointer(8, parts)
            .setPointer(9, targetLogits).set(10, plan.shape().columns()).set(11, plan.shape().vocabulary()).set(12, plan.stride());
        kernel.launch(grid.geometry(), device.computeStream());
    }

    void probabilities(Chunk chunk, ChunkPlan plan, long parts, long targetLogits, long slopes, long exponentials, long logProb) {
        Kernel kernel = probabilities.of("log_prob_probabilities");
        on(kernel, chunk).setPointer(5, parts).setPointer(6, targetLogits).setPointer(7, slopes).setPointer(8, exponentials)
            .setPointer(9, logProb).set(10, plan.shape().vocabulary()).set(11, plan.stride());
        launchRows(kernel, chunk.capacity);
    }

    void product(Chunk chunk, ChunkPlan plan, long slopes, long head, long slices) {
        ProductGrid grid = plan.derivative();
        multiply(product.of(grid.block()), grid, chunk, plan, slopes, head, slices);
    }

    /** @param head whose rows of the targets are added; 0 for none */
    void sum(Chunk chunk, ChunkPlan plan, long slices, long head, DType dtype, long to) {
        Kernel kernel = sum.of(dtype);
        on(kernel, chunk).setPointer(5, slices).setPointer(6, head).setPointer(7, to).set(8, plan.shape().columns())
            .set(9, plan.derivative().slices());
        launchRows(kernel, chunk.capacity);
    }

    void gather(Chunk chunk, ChunkPlan plan, long x, long gathered) {
        Kernel kernel = gather.of("log_prob_gather");
        on(kernel, chunk).setPointer(5, x).setPointer(6, gathered).set(7, plan.shape().columns());
        launchRows(kernel, chunk.capacity);
    }

    void headGradient(Chunk chunk, ChunkPlan plan, long slopes, long gathered, long dHead) {
        ProductGrid grid = plan.headGradient();
        multiply(headGradient.of(grid.block()), grid, chunk, plan, slopes, gathered, dHead);
    }

    private void multiply(Kernel kernel, ProductGrid grid, Chunk chunk, ChunkPlan plan, long slopes, long matrix, long result) {
        on(kernel, chunk).setPointer(5, slopes).setPointer(6, matrix).setPointer(7, result).set(8, plan.shape().columns())
            .set(9, plan.shape().vocabulary()).set(10, plan.stride());
        kernel.launch(grid.geometry(), device.computeStream());
    }

    void scale(DType dtype, LinearLogProb.Shape shape, long slopes, long from, long to) {
        Kernel kernel = scale.of(dtype);
        kernel.arguments().setPointer(0, slopes).setPointer(1, from).setPointer(2, to).set(3, shape.columns());
        launchRows(kernel, shape.rows());
    }

    private static LaunchArguments on(Kernel kernel, Chunk chunk) {
        return kernel.arguments().setPointer(0, chunk.rows).setPointer(1, chunk.targets).setPointer(2, chunk.count).set(3, chunk.first)
            .set(4, chunk.capacity);
    }

    private void launchRows(Kernel kernel, int rows) {
        kernel.launch(new LaunchGeometry(rows, ROW_THREADS), device.computeStream());
    }
}
