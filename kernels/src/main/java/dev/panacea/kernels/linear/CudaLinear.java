package dev.panacea.kernels.linear;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.cuda.ProductGrid;
import dev.panacea.kernels.cuda.ProductSlices;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import java.util.Locale;

/** Matrix products on a CUDA device: {@code linear/*.cu}. For one thread at a time. */
final class CudaLinear implements Linear {
    private static final KernelSignature PRODUCT = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, INT, INT);

    /** The three products of a linear layer: what is stored as it is, what transposed. */
    private enum Way {
        FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT
    }

    private record Variant(Way way, DType dtype, ProductGrid.Block block) {
        String file() {
            return way.name().toLowerCase(Locale.ROOT) + ".ptx";
        }

        String kernel() {
            return "linear_" + way.name().toLowerCase(Locale.ROOT) + "_" + KernelVariants.spelled(dtype) + block.ending();
        }
    }

    /** C = A · B of (rows, depth) and (depth, columns), onto what is in C where {@code add}. */
    private record Product(Way way, int rows, int columns, int depth, boolean aligned, long a, long b, boolean add) { }

    private final CudaDevice device;
    private final CudaOperand operand;
    private final ProductCard card;
    private final KernelVariants<Variant> products;
    private final ProductSlices slices;

    CudaLinear(CudaDevice device) {
        this(device, ProductCard.A800);
    }

    CudaLinear(CudaDevice device, ProductCard card) {
        this.device = device;
        this.card = card;
        operand = new CudaOperand(device);
        products = new KernelVariants<>(device, CudaLinear.class, Variant::file, PRODUCT, variant -> variant.block.sharedBytes(),
            Variant::kernel);
        slices = new ProductSlices(device);
    }

    @Override
    public void forward(int rows, int inputs, int outputs, Buffer x, Buffer weight, Buffer y) {
        long xs = operand.address("x", x, DType.BF16, (long) rows * inputs);
        long weights = operand.address("weight", weight, DType.BF16, (long) outputs * inputs);
        long ys = result("y", y, (long) rows * outputs);
        if (rows > 0) {
            boolean aligned = ProductCard.isAligned(xs | weights, inputs);
            run(new Product(Way.FORWARD, rows, outputs, inputs, aligned, xs, weights, false), y.dtype(), ys);
        }
    }

    @Override
    public void backward(int rows, int inputs, int outputs, Buffer dy, Buffer x, Buffer weight, Buffer dx, boolean accumulate,
                         Buffer dWeight) {
        long dys = operand.address("dy", dy, DType.BF16, (long) rows * outputs);
        long weights = dx == null ? 0 : operand.address("weight", weight, DType.BF16, (long) outputs * inputs);
        long dxs = dx == null ? 0 : result("dx", dx, (long) rows * inputs);
        long xs = dWeight == null ? 0 : operand.address("x", x, DType.BF16, (long) rows * inputs);
        long dWeights = operand.addressOrNull("dWeight", dWeight, DType.F32, (long) outputs * inputs);
        if (rows == 0) {
            return;
        }
        if (dx != null) {
            boolean aligned = ProductCard.isAligned(dys | weights, inputs, outputs);
            run(new Product(Way.INPUT_GRADIENT, rows, inputs, outputs, aligned, dys, weights, accumulate), dx.dtype(), dxs);
        }
        if (dWeight != null) {
            boolean aligned = ProductCard.isAligned(dys | xs, inputs, outputs);
            run(new Product(Way.WEIGHT_GRADIENT, outputs, inputs, rows, aligned, dys, xs, true), DType.F32, dWeights);
        }
    }

    private long result(String name, Buffer buffer, long count) {
        DType dtype = buffer != null && buffer.dtype() == DType.F32 ? DType.F32 : DType.BF16;
        return operand.address(name, buffer, dtype, count);
    }

    private void run(Product product, DType result, long to) {
        ProductGrid grid = card.sliced(product.rows, product.columns, product.depth, product.aligned);
        slices.run(grid, result, to, product.add, (dtype, c, add) -> launch(product, grid, dtype, c, add));
    }

    private void launch(Product p, ProductGrid grid, DType dtype, long c, boolean add) {
        Kernel kernel = products.of(new Variant(p.way, dtype, grid.block()));
        kernel.arguments().setPointer(0, p.a).setPointer(1, p.b).setPointer(2, c).set(3, p.rows).set(4, p.columns).set(5, p.depth)
            .set(6, add ? 1 : 0);
        kernel.launch(grid.geometry(), device.computeStream());
    }
}
