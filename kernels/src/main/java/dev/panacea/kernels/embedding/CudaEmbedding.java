package dev.panacea.kernels.embedding;

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

/**
 * Table look-up on a CUDA device: {@code embedding/embedding_forward.cu} and {@code embedding/embedding_backward.cu}. For one thread at a
 * time.
 */
final class CudaEmbedding implements Embedding {
    private static final KernelSignature SIGNATURE = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, INT);
    private static final int FORWARD_THREADS = 256;
    private static final int BACKWARD_THREADS = 128;
    // the gradient of the table is F32, which has the fewest elements in 16 bytes
    private static final int BACKWARD_PACK = Access.packOf(DType.F32);

    private record Gather(DType table, DType y, Access access) {
        String function() {
            return "embedding_forward_" + KernelVariants.spelled(table) + "_" + KernelVariants.spelled(y) + "_" + access.ending();
        }
    }

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<Gather> forward;
    private final KernelVariants<TypedAccess> backward;

    CudaEmbedding(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        forward = new KernelVariants<>(device, CudaEmbedding.class, "embedding_forward.ptx", SIGNATURE, Gather::function);
        backward = new KernelVariants<>(device, CudaEmbedding.class, "embedding_backward.ptx", SIGNATURE,
            key -> key.of("embedding_backward"));
    }

    @Override
    public void forward(int rows, int columns, int vocabulary, Buffer ids, Buffer table, Buffer y) {
        DType from = CudaOperand.dtype("table", table, DType.F32, DType.BF16);
        DType to = CudaOperand.dtype("y", y, DType.F32, DType.BF16);
        long count = (long) rows * columns;
        long rowIds = operand.address("ids", ids, DType.I32, rows);
        long tables = operand.address("table", table, from, (long) vocabulary * columns);
        long ys = operand.address("y", y, to, count);
        if (count == 0) {
            return;
        }
        int pack = Math.min(Access.packOf(from), Access.packOf(to));
        Access access = Access.ofRows(columns, pack, tables, ys);
        Kernel kernel = forward.of(new Gather(from, to, access));
        setArguments(kernel, rowIds, tables, ys, rows, columns, vocabulary);
        int threads = Math.min(columns / access.elements(pack), FORWARD_THREADS);
        int blockRows = FORWARD_THREADS / threads;
        kernel.launch(new LaunchGeometry(new Dimensions(Math.ceilDiv(rows, blockRows)), new Dimensions(threads, blockRows), 0),
            device.computeStream());
    }

    @Override
    public void backward(int rows, int columns, int vocabulary, Buffer ids, Buffer dy, Buffer dTable) {
        DType dtype = CudaOperand.dtype("dy", dy, DType.F32, DType.BF16);
        long count = (long) rows * columns;
        long rowIds = operand.address("ids", ids, DType.I32, rows);
        long gradients = operand.address("dy", dy, dtype, count);
        long tables = operand.address("dTable", dTable, DType.F32, (long) vocabulary * columns);
        if (count == 0) {
            return;
        }
        Access access = Access.ofRows(columns, BACKWARD_PACK, gradients, tables);
        Kernel kernel = backward.of(new TypedAccess(dtype, access));
        setArguments(kernel, rowIds, gradients, tables, rows, columns, vocabulary);
        int slices = Math.ceilDiv(columns, BACKWARD_THREADS * access.elements(BACKWARD_PACK));
        kernel.launch(new LaunchGeometry(new Dimensions(rows, slices), new Dimensions(BACKWARD_THREADS), 0), device.computeStream());
    }

    private static void setArguments(Kernel kernel, long ids, long from, long to, int rows, int columns, int vocabulary) {
        kernel.arguments().setPointer(0, ids).setPointer(1, from).setPointer(2, to).set(3, rows).set(4, columns).set(5, vocabulary);
    }
}
