package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;

/** Attention of BF16 or F16 on the host: widened, computed by the F32 twin, rounded back. F32 goes straight to that twin. */
final class WidenedHostAttention implements Attention {
    private final HostDevice device;
    private final HostAttention twin;

    WidenedHostAttention(HostDevice device) {
        this.device = device;
        twin = new HostAttention(device);
    }

    @Override
    public void forward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                        Buffer logSumExp) {
        if (!isHalf(query)) {
            twin.forward(shape, sequences, query, key, value, keyMask, output, logSumExp);
            return;
        }
        long queries = (long) sequences.tokens() * shape.queryHeads() * shape.headDimension();
        long keys = (long) sequences.tokens() * shape.keyValueHeads() * shape.headDimension();
        try (Widened f32 = new Widened(device, "attention", query.dtype())) {
            twin.forward(shape, sequences, f32.input("query", query, queries), f32.input("key", key, keys),
                f32.input("value", value, keys), keyMask, f32.output("output", output, queries), logSumExp);
            f32.round();
        }
    }

    @Override
    public void backward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                         Buffer logSumExp, Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue) {
        if (!isHalf(query)) {
            twin.backward(shape, sequences, query, key, value, keyMask, output, logSumExp, dOutput, dQuery, dKey, dValue);
            return;
        }
        long queries = (long) sequences.tokens() * shape.queryHeads() * shape.headDimension();
        long keys = (long) sequences.tokens() * shape.keyValueHeads() * shape.headDimension();
        try (Widened f32 = new Widened(device, "attention", query.dtype())) {
            twin.backward(shape, sequences, f32.input("query", query, queries), f32.input("key", key, keys),
                f32.input("value", value, keys), keyMask, f32.input("output", output, queries), logSumExp,
                f32.input("dOutput", dOutput, queries), f32.output("dQuery", dQuery, queries), f32.output("dKey", dKey, keys),
                f32.output("dValue", dValue, keys));
            f32.round();
        }
    }

    @Override
    public void decode(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output) {
        if (!isHalf(query)) {
            twin.decode(shape, capacity, lengths, query, keyCache, valueCache, output);
            return;
        }
        long queries = (long) lengths.length * shape.queryHeads() * shape.headDimension();
        long cached = Math.multiplyExact((long) lengths.length * capacity, (long) shape.keyValueHeads() * shape.headDimension());
        try (Widened f32 = new Widened(device, "attention", query.dtype())) {
            twin.decode(shape, capacity, lengths, f32.input("query", query, queries), f32.input("keyCache", keyCache, cached),
                f32.input("valueCache", valueCache, cached), f32.output("output", output, queries));
            f32.round();
        }
    }

    // a missing or wrong argument is for the twin to refuse
    private static boolean isHalf(Buffer query) {
        return query != null && (query.dtype() == DType.BF16 || query.dtype() == DType.F16);
    }
}
