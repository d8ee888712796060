package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;

/** Seeded inputs of one shape, and what the host twin makes of them; everything it writes begins as NaN. */
record AttentionCase(Shape shape, PackedSequences sequences, float[] query, float[] key, float[] value, float[] dOutput) {

    record Result(float[] output, float[] logSumExp, float[] dQuery, float[] dKey, float[] dValue) { }

    static AttentionCase random(Shape shape, long seed, int... lengths) {
        PackedSequences sequences = PackedSequences.ofLengths(lengths);
        Random random = new Random(seed);
        int queries = sequences.tokens() * shape.queryHeads() * shape.headDimension();
        int keys = sequences.tokens() * shape.keyValueHeads() * shape.headDimension();
        return new AttentionCase(shape, sequences, normal(random, queries), normal(random, keys), normal(random, keys),
            normal(random, queries));
    }

    Result run(HostDevice device) {
        try (MemoryScope scope = device.openScope("test")) {
            HostBuffer q = buffer(scope, query);
            HostBuffer k = buffer(scope, key);
            HostBuffer v = buffer(scope, value);
            HostBuffer o = poisoned(scope, query.length);
            HostBuffer log = poisoned(scope, query.length / shape.headDimension());
            HostBuffer dq = poisoned(scope, query.length);
            HostBuffer dk = poisoned(scope, key.length);
            HostBuffer dv = poisoned(scope, key.length);
            Attention attention = Attention.on(device);
            attention.forward(shape, sequences, q, k, v, null, o, log);
            attention.backward(shape, sequences, q, k, v, null, o, log, buffer(scope, dOutput), dq, dk, dv);
            return new Result(o.toFloats(), log.toFloats(), dq.toFloats(), dk.toFloats(), dv.toFloats());
        }
    }

    AttentionOracle oracle() {
        AttentionOracle oracle = new AttentionOracle(shape, sequences);
        oracle.run(doubles(query), doubles(key), doubles(value), doubles(dOutput));
        return oracle;
    }

    static HostBuffer buffer(MemoryScope scope, float[] values) {
        return scope.allocateHost("input", DType.F32, values.length).copyFrom(values);
    }

    static HostBuffer poisoned(MemoryScope scope, int count) {
        float[] nan = new float[count];
        Arrays.fill(nan, Float.NaN);
        return buffer(scope, nan);
    }

    static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
