package dev.panacea.kernels.svdlora;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** U and V (lines, rank) as operands: {@code svdlora/factors.cu}. For one thread at a time. */
final class PaddedFactors {
    private static final KernelSignature PAD = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, INT);
    private static final KernelSignature TRANSPOSE = KernelSignature.of(POINTER, POINTER, INT, INT, INT, INT);
    private static final int THREADS = 128;
    // elements of a thread
    private static final int WIDTH = 8;
    private static final int TILE_LINES = 64;
    private static final int TILE_RANKS = 16;

    private final CudaDevice device;
    private final KernelVariants<String> pad;
    private final KernelVariants<String> transpose;

    PaddedFactors(CudaDevice device) {
        this.device = device;
        pad = new KernelVariants<>(device, PaddedFactors.class, "factors.ptx", PAD, name -> name);
        transpose = new KernelVariants<>(device, PaddedFactors.class, "factors.ptx", TRANSPOSE, name -> name);
    }

    /** (lines, ranks): the factor itself where it is so already. */
    long padded(MemoryScope scope, long factor, int lines, int rank) {
        return isPadded(factor, rank) ? factor : CudaBuffer.address(scaled(scope, factor, 0, lines, rank));
    }

    /** The same of a buffer. */
    Buffer padded(MemoryScope scope, Buffer factor, int lines, int rank) {
        long address = CudaBuffer.address(factor);
        return isPadded(address, rank) ? factor : scaled(scope, address, 0, lines, rank);
    }

    private static boolean isPadded(long factor, int rank) {
        return rank == SvdLoraPlan.ranks(rank) && ProductCard.isAligned(factor);
    }

    /** (lines, ranks), every row times {@code diagonal} [rank], rounded. */
    Buffer scaled(MemoryScope scope, long factor, long diagonal, int lines, int rank) {
        int ranks = SvdLoraPlan.ranks(rank);
        Buffer result = scope.allocate("factor", DType.BF16, (long) lines * ranks);
        Kernel kernel = pad.of("svdlora_pad_bf16");
        kernel.arguments().setPointer(0, factor).setPointer(1, diagonal).setPointer(2, CudaBuffer.address(result)).set(3, lines)
            .set(4, rank).set(5, ranks);
        kernel.launch(new LaunchGeometry(Math.toIntExact(Math.ceilDiv((long) lines * ranks / WIDTH, (long) THREADS)), THREADS),
            device.computeStream());
        return result;
    }

    /** (ranks, stride), of which a row's elements from {@code lines} on are 0. */
    Buffer transposed(MemoryScope scope, long factor, int lines, int rank, int stride) {
        Buffer result = scope.allocate("transposed factor", DType.BF16, (long) SvdLoraPlan.ranks(rank) * stride);
        transpose(factor, CudaBuffer.address(result), lines, rank, stride);
        return result;
    }

    /** {@link #transposed} to an address that is a multiple of 16. */
    void transpose(long factor, long to, int lines, int rank, int stride) {
        int ranks = SvdLoraPlan.ranks(rank);
        Kernel kernel = transpose.of("svdlora_transpose_bf16");
        kernel.arguments().setPointer(0, factor).setPointer(1, to).set(2, lines).set(3, rank).set(4, ranks).set(5, stride);
        kernel.launch(new LaunchGeometry(new Dimensions(Math.ceilDiv(stride, TILE_LINES), ranks / TILE_RANKS), new Dimensions(THREADS),
            0), device.computeStream());
    }
}
