package dev.panacea.kernels.svdlora;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** BF16 matrices copied into wider ones: {@code svdlora/place.cu}. For one thread at a time. */
final class PlacedMatrices {
    private static final KernelSignature PLACE = KernelSignature.of(POINTER, POINTER, INT, INT, INT, INT, INT);
    private static final int THREADS = 256;
    // elements of a thread
    private static final int WIDTH = 8;

    private final CudaDevice device;
    private final KernelVariants<String> kernels;

    PlacedMatrices(CudaDevice device) {
        this.device = device;
        kernels = new KernelVariants<>(device, PlacedMatrices.class, "place.ptx", PLACE, name -> name);
    }

    /** {@code to} (rows, stride) = {@code from} (rows, columns), and 0 from there to {@code filled}. */
    void place(long from, long to, int rows, int columns, int filled, int stride) {
        Kernel kernel = kernels.of("svdlora_place_bf16");
        kernel.arguments().setPointer(0, from).setPointer(1, to).set(2, rows).set(3, columns).set(4, filled).set(5, stride)
            .set(6, ProductCard.isAligned(from | to, columns, filled, stride) ? 1 : 0);
        long packs = (long) rows * Math.ceilDiv(filled, WIDTH);
        kernel.launch(new LaunchGeometry(Math.toIntExact(Math.ceilDiv(packs, (long) THREADS)), THREADS), device.computeStream());
    }
}
