package dev.panacea.kernels.svdlora;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.cuda.ProductGrid;
import dev.panacea.kernels.cuda.ProductSlices;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import java.util.Locale;

/**
 * {@code [a | narrow] · [b ; factor]} as one product: {@code svdlora/forward.cu} and {@code svdlora/input_gradient.cu}. For one thread at
 * a time.
 */
final class AdaptedProduct {
    private static final KernelSignature PRODUCT =
        KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT, INT);

    /** Which product: y = [x | h]·[W0 | U]ᵀ, or dx = [dy | G ⊙ d]·[W0 ; Vᵀ], Vᵀ in rows of a multiple of 8. */
    enum Way {
        FORWARD, INPUT_GRADIENT
    }

    /** Addresses; a is (rows, depth), narrow (rows, ranks). */
    record Operands(long a, long narrow, long b, long factor, int depth) { }

    private record Variant(Way way, DType dtype, ProductGrid.Block block) {
        String file() {
            return way.name().toLowerCase(Locale.ROOT) + ".ptx";
        }

        String kernel() {
            return "svdlora_" + way.name().toLowerCase(Locale.ROOT) + "_" + KernelVariants.spelled(dtype) + block.ending();
        }
    }

    private final CudaDevice device;
    private final ProductSlices slices;
    private final KernelVariants<Variant> products;

    AdaptedProduct(CudaDevice device) {
        this.device = device;
        slices = new ProductSlices(device);
        products = new KernelVariants<>(device, AdaptedProduct.class, Variant::file, PRODUCT, variant -> variant.block.sharedBytes(),
            Variant::kernel);
    }

    /** To BF16 at {@code c}, overwritten unless {@code add}. */
    void run(Way way, SvdLoraPlan plan, Operands operands, long c, boolean add) {
        SvdLoraLinear.Shape shape = plan.shape();
        boolean aligned = ProductCard.isAligned(operands.a | operands.b, shape.inputs(), way == Way.FORWARD ? 0 : shape.outputs());
        ProductGrid grid = plan.product(way, aligned);
        slices.run(grid, DType.BF16, c, add,
            (dtype, to, onto) -> launch(new Variant(way, dtype, grid.block()), grid, operands, plan.ranks(), to, onto));
    }

    private void launch(Variant variant, ProductGrid grid, Operands o, int ranks, long c, boolean add) {
        Kernel kernel = products.of(variant);
        kernel.arguments().setPointer(0, o.a).setPointer(1, o.narrow).setPointer(2, o.b).setPointer(3, o.factor).setPointer(4, c)
            .set(5, grid.rows()).set(6, grid.columns()).set(7, o.depth).set(8, ranks).set(9, add ? 1 : 0);
        kernel.launch(grid.geometry(), device.computeStream());
    }
}
