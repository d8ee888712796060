package dev.panacea.kernels.embedding;

import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.kernels.host.Operand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;

/** Table look-up on the host with BF16 outside the table: the F32 twin's rows rounded, or its gradients widened before. */
final class Bf16HostEmbedding implements Embedding {
    private final HostDevice device;
    private final HostEmbedding twin;

    Bf16HostEmbedding(HostDevice device) {
        this.device = device;
        twin = new HostEmbedding(device);
    }

    @Override
    public void forward(int rows, int columns, int vocabulary, Buffer ids, Buffer table, Buffer y) {
        if (Operand.dtype("y", y) != DType.BF16) {
            twin.forward(rows, columns, vocabulary, ids, table, y);
            return;
        }
        try (Widened f32 = new Widened(device, "embedding", DType.BF16)) {
            twin.forward(rows, columns, vocabulary, ids, table, f32.output("y", y, (long) rows * columns));
            f32.round();
        }
    }

    @Override
    public void backward(int rows, int columns, int vocabulary, Buffer ids, Buffer dy, Buffer dTable) {
        if (Operand.dtype("dy", dy) != DType.BF16) {
            twin.backward(rows, columns, vocabulary, ids, dy, dTable);
            return;
        }
        try (Widened f32 = new Widened(device, "gradient of embedding", DType.BF16)) {
            twin.backward(rows, columns, vocabulary, ids, f32.input("dy", dy, (long) rows * columns), dTable);
        }
    }
}
