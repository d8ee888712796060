package dev.panacea.kernels.rotary;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.Access;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.TypedAccess;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** Rotary embedding on a CUDA device: {@code rotary/rotary.cu}. For one thread at a time. */
final class CudaRotary extends Turning {
    private static final KernelSignature SIGNATURE =
        KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT, INT, INT, FLOAT);
    private static final int MOST_THREADS = 256;
    // that a block has when its rows are short
    private static final int THREADS = 128;
    // of a block along z, on every card
    private static final int MOST_ROWS = 64;

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<TypedAccess> kernels;

    CudaRotary(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        kernels = new KernelVariants<>(device, CudaRotary.class, "rotary.ptx", SIGNATURE, key -> key.of("rotary"));
    }

    @Override
    void turn(int rows, int heads, int headDimension, Buffer x, Buffer positions, Buffer cosine, Buffer sine, float direction, Buffer y) {
        int half = Rotary.half(headDimension);
        DType dtype = CudaOperand.dtype("x", x, DType.F32, DType.BF16);
        long count = (long) rows * heads * headDimension;
        long xs = operand.address("x", x, dtype, count);
        long ys = operand.address("y", y, dtype, count);
        long rowPositions = operand.address("positions", positions, DType.I32, rows);
        long cosines = operand.address("cosine", cosine, DType.F32, half);
        long sines = operand.address("sine", sine, DType.F32, cosine.count());
        if (count == 0) {
            return;
        }
        TypedAccess access = new TypedAccess(dtype, Access.ofRows(half, Access.packOf(dtype), xs, ys, cosines, sines));
        Kernel kernel = kernels.of(access);
        kernel.arguments().setPointer(0, xs).setPointer(1, rowPositions).setPointer(2, cosines).setPointer(3, sines).setPointer(4, ys)
            .set(5, rows).set(6, heads).set(7, half).set(8, Math.toIntExact(cosine.count() / half)).set(9, direction);
        kernel.launch(geometry(rows, heads, half / access.elements()), device.computeStream());
    }

    /** @param packs of half a head */
    private static LaunchGeometry geometry(int rows, int heads, int packs) {
        int x = Math.min(packs, MOST_THREADS);
        int y = Math.min(heads, Math.max(1, THREADS / x));
        int z = Math.clamp(THREADS / (x * y), 1, MOST_ROWS);
        return new LaunchGeometry(new Dimensions(Math.ceilDiv(rows, z)), new Dimensions(x, y, z), 0);
    }
}
