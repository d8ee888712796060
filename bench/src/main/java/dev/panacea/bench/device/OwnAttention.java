package dev.panacea.bench.device;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/** This project's attention on random values of one shape. */
final class OwnAttention implements AutoCloseable {
    private final Attention kernel;
    private final Attention.Shape shape;
    private final PackedSequences sequences;
    private final MemoryScope scope;
    private final Buffer query;
    private final Buffer key;
    private final Buffer value;
    private final Buffer output;
    private final Buffer logSumExp;
    private final Buffer dOutput;
    private final Buffer dQuery;
    private final Buffer dKey;
    private final Buffer dValue;

    OwnAttention(CudaDevice device, AttentionShape attention) {
        kernel = Attention.on(device);
        shape = attention.shape();
        sequences = PackedSequences.ofLengths(attention.tokens());
        scope = device.openScope("attention");
        RandomOperands random = new RandomOperands(scope);
        long queries = (long) attention.tokens() * attention.heads() * attention.dimension();
        long keys = (long) attention.tokens() * attention.keyValueHeads() * attention.dimension();
        query = random.bf16(queries);
        key = random.bf16(keys);
        value = random.bf16(keys);
        output = scope.allocate("output", DType.BF16, queries);
        logSumExp = scope.allocate("lse", DType.F32, (long) attention.tokens() * attention.heads());
        dOutput = random.bf16(queries);
        dQuery = scope.allocate("dQuery", DType.BF16, queries);
        dKey = scope.allocate("dKey", DType.BF16, keys);
        dValue = scope.allocate("dValue", DType.BF16, keys);
    }

    void forward() {
        kernel.forward(shape, sequences, query, key, value, null, output, logSumExp);
    }

    void forwardAndBackward() {
        forward();
        kernel.backward(shape, sequences, query, key, value, null, output, logSumExp, dOutput, dQuery, dKey, dValue);
    }

    @Override
    public void close() {
        scope.close();
    }
}
