package dev.panacea.kernels.cuda;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.LONG;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** What becomes of a product whose depth may be cut into slices: {@code linear/sum_slices.cu}. For one thread at a time. */
public final class ProductSlices {
    private static final String FILE = "/dev/panacea/kernels/linear/sum_slices.ptx";
    private static final KernelSignature SUM = KernelSignature.of(POINTER, POINTER, LONG, INT, INT);
    private static final int THREADS = 256;
    // elements of a thread
    private static final int WIDTH = 4;

    /** Launches a product that leaves its C, or one for each slice, at an address. */
    @FunctionalInterface
    public interface Launch {
        void to(DType dtype, long c, boolean add);
    }

    private final CudaDevice device;
    private final KernelVariants<DType> sums;

    public ProductSlices(CudaDevice device) {
        this.device = device;
        sums = new KernelVariants<>(device, ProductSlices.class, FILE, SUM,
            dtype -> "linear_sum_slices_" + KernelVariants.spelled(dtype));
    }

    /** C at {@code c}, of {@code dtype} and overwritten unless {@code add}: by one launch, or by way of its slices in float32. */
    public void run(ProductGrid grid, DType dtype, long c, boolean add, Launch product) {
        if (!grid.sliced()) {
            product.to(dtype, c, add);
            return;
        }
        // given back before the kernels have run, which is safe: memory is reused in stream order
        try (MemoryScope scope = device.openScope("slices of a product")) {
            long slices = CudaBuffer.address(scope.allocate("slices", DType.F32, grid.sliceElements()));
            product.to(DType.F32, slices, false);
            sum(grid, slices, dtype, c, add);
        }
    }

    private void sum(ProductGrid grid, long slices, DType dtype, long c, boolean add) {
        long count = (long) grid.rows() * grid.columns();
        Kernel kernel = sums.of(dtype);
        kernel.arguments().setPointer(0, slices).setPointer(1, c).set(2, count).set(3, grid.slices()).set(4, add ? 1 : 0);
        int blocks = Math.toIntExact(Math.ceilDiv(count, (long) THREADS * WIDTH));
        kernel.launch(new LaunchGeometry(blocks, THREADS), device.computeStream());
    }
}
