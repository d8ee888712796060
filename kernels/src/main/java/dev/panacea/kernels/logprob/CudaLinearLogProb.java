package dev.panacea.kernels.logprob;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.logprob.ChunkLaunches.Chunk;
import dev.panacea.kernels.logprob.ChunkPlan.Wanted;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/**
 * Linear + log-softmax + gather on a CUDA device, {@code logprob/*.cu}: rows with a target in chunks, two products a chunk, and nothing
 * that the host waits for. Scratch is given back before the kernels have run, which is safe: memory is reused in stream order. For one
 * thread at a time.
 */
final class CudaLinearLogProb implements LinearLogProb {
    private final CudaDevice device;
    private final CudaOperand operand;
    private final ChunkLaunches launches;
    private final Linear linear;
    private final ChunkPlan.Limits limits;

    CudaLinearLogProb(CudaDevice device) {
        this(device, ChunkPlan.Limits.USUAL);
    }

    CudaLinearLogProb(CudaDevice device, ChunkPlan.Limits limits) {
        this.device = device;
        this.limits = limits;
        operand = new CudaOperand(device);
        launches = new ChunkLaunches(device);
        linear = Linear.on(device);
    }

    @Override
    public void forward(Shape shape, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer derivative) {
        long xs = operand.address("x", x, DType.BF16, matrix(shape));
        long weights = operand.address("head", head, DType.BF16, weights(shape));
        long ids = operand.address("targets", targets, DType.I32, shape.rows());
        long logProbs = operand.address("logProb", logProb, DType.F32, shape.rows());
        long derivatives = derivative == null ? 0 : matrix("derivative", derivative, shape);
        if (shape.rows() == 0) {
            return;
        }
        Wanted wanted = derivative == null ? Wanted.NOTHING : Wanted.DERIVATIVE;
        ChunkPlan plan = plan(shape, wanted, xs, weights);
        try (MemoryScope scope = device.openScope("linear log-probability")) {
            Chunk first = select(scope, plan, ids, logProbs);
            if (derivative != null) {
                launches.fill(derivative.dtype(), ids, derivatives, shape);
            }
            ChunkPlan.Memory memory = plan.allocate(scope);
            for (int row = 0; row < shape.rows(); row += plan.rows()) {
                Chunk chunk = first.from(row);
                probabilities(chunk, plan, memory, xs, weights, 0, logProbs);
                if (derivative != null) {
                    multiplyByHead(chunk, plan, memory, weights);
                    launches.sum(chunk, plan, address(memory.slices()), weights, derivative.dtype(), derivatives);
                }
            }
        }
    }

    @Override
    public void backwardFrozen(Shape shape, Buffer dLogProb, Buffer derivative, Buffer dx) {
        long slopes = operand.address("dLogProb", dLogProb, DType.F32, shape.rows());
        long from = matrix("derivative", derivative, shape);
        long to = operand.address("dx", dx, derivative.dtype(), matrix(shape));
        if (shape.rows() > 0) {
            launches.scale(derivative.dtype(), shape, slopes, from, to);
        }
    }

    @Override
    public void backward(Shape shape, Buffer dLogProb, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer dx, Buffer dHead) {
        long slopes = operand.address("dLogProb", dLogProb, DType.F32, shape.rows());
        long xs = operand.address("x", x, DType.BF16, matrix(shape));
        long weights = operand.address("head", head, DType.BF16, weights(shape));
        long ids = operand.address("targets", targets, DType.I32, shape.rows());
        operand.address("logProb", logProb, DType.F32, shape.rows());
        long dxs = matrix("dx", dx, shape);
        long dHeads = operand.address("dHead", dHead, DType.F32, weights(shape));
        if (shape.rows() == 0) {
            return;
        }
        ChunkPlan plan = plan(shape, Wanted.GRADIENTS, xs, weights);
        try (MemoryScope scope = device.openScope("linear log-probability backward")) {
            Chunk first = select(scope, plan, ids, 0);
            launches.fill(dx.dtype(), ids, dxs, shape);
            ChunkPlan.Memory memory = plan.allocate(scope);
            for (int row = 0; row < shape.rows(); row += plan.rows()) {
                Chunk chunk = first.from(row);
                probabilities(chunk, plan, memory, xs, weights, slopes, 0);
                multiplyByHead(chunk, plan, memory, weights);
                launches.sum(chunk, plan, address(memory.slices()), 0, dx.dtype(), dxs);
                launches.gather(chunk, plan, xs, address(memory.gathered()));
                launches.headGradient(chunk, plan, address(memory.exponentials()), address(memory.gathered()), dHeads);
            }
        }
    }

    @Override
    public void logits(Shape shape, Buffer x, Buffer head, Buffer logits) {
        operand.address("logits", logits, DType.F32, (long) shape.rows() * shape.vocabulary());
        linear.forward(shape.rows(), shape.columns(), shape.vocabulary(), x, head, logits);
    }

    private ChunkPlan plan(Shape shape, Wanted wanted, long x, long head) {
        return ChunkPlan.of(shape, wanted, limits, ProductCard.isAligned(x | head, shape.columns()));
    }

    private Chunk select(MemoryScope scope, ChunkPlan plan, long targets, long logProb) {
        Shape shape = plan.shape();
        Chunk chunk = new Chunk(address(scope.allocate("active rows", DType.I32, shape.rows())),
            address(scope.allocate("active targets", DType.I32, shape.rows())), address(scope.allocate("active count", DType.I32, 1)), 0,
            plan.rows());
        launches.selectActive(targets, chunk, logProb, shape.rows(), shape.vocabulary());
        return chunk;
    }

    private void probabilities(Chunk chunk, ChunkPlan plan, ChunkPlan.Memory memory, long x, long head, long slopes,
                               long logProb) {
        long exponentials = memory.exponentials() == null ? 0 : address(memory.exponentials());
        long parts = address(memory.parts());
        long targetLogits = address(memory.targetLogits());
        launches.exponentials(chunk, plan, x, head, exponentials, parts, targetLogits);
        launches.probabilities(chunk, plan, parts, targetLogits, slopes, exponentials, logProb);
    }

    private void multiplyByHead(Chunk chunk, ChunkPlan plan, ChunkPlan.Memory memory, long head) {
        launches.product(chunk, plan, address(memory.exponentials()), head, address(memory.slices()));
    }

    private long matrix(String name, Buffer buffer, Shape shape) {
        DType dtype = buffer != null && buffer.dtype() == DType.F32 ? DType.F32 : DType.BF16;
        return operand.address(name, buffer, dtype, matrix(shape));
    }

    private static long matrix(Shape shape) {
        return (long) shape.rows() * shape.columns();
    }

    private static long weights(Shape shape) {
        return (long) shape.vocabulary() * shape.columns();
    }

    private static long address(Buffer scratch) {
        return CudaBuffer.address(scratch);
    }
}
