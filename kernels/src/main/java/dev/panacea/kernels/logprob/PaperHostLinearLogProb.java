package dev.panacea.kernels.logprob;

import dev.panacea.kernels.linear.Linear;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;

/** {@link HostLinearLogProb} on paper: takes what it holds and gives it back. Every thread is thought to be at a chunk at once. */
final class PaperHostLinearLogProb implements LinearLogProb {
    private final Device memory;
    private final Linear linear;
    private final int threads;

    PaperHostLinearLogProb(Device memory, Linear linear, int threads) {
        this.memory = memory;
        this.linear = linear;
        this.threads = threads;
    }

    @Override
    public void forward(Shape shape, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer derivative) {
        long asked = Arrays.stream(targets.toInts()).filter(target -> target != IGNORED).count();
        long rows = Math.min(asked, (long) threads * HostLinearLogProb.FORWARD_ROWS);
        long logits = rows * OnlineRows.stride(HostLinearLogProb.FORWARD_BLOCK);
        try (MemoryScope scope = memory.openScope("linear log-probability")) {
            scope.allocate("rows of x", head.dtype(), rows * shape.columns());
            scope.allocate("logits", DType.F32, logits);
            if (derivative != null) {
                scope.allocate("softmax·W", DType.F32, rows * shape.columns());
                takeRounded(scope, head.dtype(), logits);
            }
        }
    }

    @Override
    public void backwardFrozen(Shape shape, Buffer dLogProb, Buffer derivative, Buffer dx) { }

    @Override
    public void backward(Shape shape, Buffer dLogProb, Buffer x, Buffer head, Buffer targets, Buffer logProb, Buffer dx, Buffer dHead) {
        throw new IllegalStateException("what a trained head holds on the host is not planned; plan a run that trains adapters");
    }

    @Override
    public void logits(Shape shape, Buffer x, Buffer head, Buffer logits) {
        linear.forward(shape.rows(), shape.columns(), shape.vocabulary(), x, head, logits);
    }

    private static void takeRounded(MemoryScope scope, DType dtype, long count) {
        if (dtype != DType.F32) {
            scope.allocate("rounded operand", dtype, count);
        }
    }
}
