package dev.panacea.kernels.attention;

import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * Seeded inputs of one shape, as their dtype keeps them, and what a device makes of them; everything it writes begins as NaN.
 *
 * @param keyMask 0 for a hidden key; null for none
 */
record AttentionCase(Shape shape, DType dtype, PackedSequences sequences, float[] query, float[] key, float[] value, float[] dOutput,
                     byte[] keyMask) {

    record Forward(float[] output, float[] logSumExp) { }

    record Gradients(float[] dQuery, float[] dKey, float[] dValue) { }

    /** A shape with the usual scale. */
    static Shape shape(int queryHeads, int keyValueHeads, int d, boolean causal, int window) {
        return new Shape(queryHeads, keyValueHeads, d, (float) (1 / Math.sqrt(d)), causal, window);
    }

    /** Normally distributed float32 without a mask. */
    static AttentionCase random(Shape shape, long seed, int... lengths) {
        PackedSequences sequences = PackedSequences.ofLengths(lengths);
        Random random = new Random(seed);
        int queries = sequences.tokens() * shape.queryHeads() * shape.headDimension();
        int keys = sequences.tokens() * shape.keyValueHeads() * shape.headDimension();
        return new AttentionCase(shape, DType.F32, sequences, Oracle.normal(random, queries), Oracle.normal(random, keys),
            Oracle.normal(random, keys), Oracle.normal(random, queries), null);
    }

    /** The same inputs, rounded to {@code dtype}. */
    AttentionCase as(DType dtype, HostDevice host) {
        return new AttentionCase(shape, dtype, sequences, DeviceArrays.rounded(host, dtype, query), DeviceArrays.rounded(host, dtype, key),
            DeviceArrays.rounded(host, dtype, value), DeviceArrays.rounded(host, dtype, dOutput), keyMask);
    }

    /** The same with one key of {@code one} hidden at random, and every key of sequence 0 when there are several. */
    AttentionCase masked(long seed, int one) {
        Random random = new Random(seed);
        byte[] mask = new byte[sequences.tokens()];
        for (int token = sequences.count() > 1 ? sequences.length(0) : 0; token < mask.length; token++) {
            mask[token] = (byte) (random.nextInt(one) == 0 ? 0 : 1 + random.nextInt(255));
        }
        return masked(mask);
    }

    AttentionCase masked(byte... mask) {
        return new AttentionCase(shape, dtype, sequences, query, key, value, dOutput, mask);
    }

    AttentionOracle oracle() {
        return AttentionOracle.exact(this);
    }

    Forward forward(Device device, HostDevice host) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer output = arrays.poisoned(dtype, query.length);
            Buffer logSumExp = arrays.poisoned(DType.F32, query.length / shape.headDimension());
            Attention.on(device).forward(shape, sequences, arrays.of(dtype, query), arrays.of(dtype, key), arrays.of(dtype, value),
                mask(arrays), output, logSumExp);
            return new Forward(arrays.floats(output), arrays.floats(logSumExp));
        }
    }

    /** @param forward of these inputs, on any device */
    Gradients backward(Device device, HostDevice host, Forward forward) {
        return backward(device, Accumulation.ORDERED, host, forward);
    }

    Gradients backward(Device device, Accumulation accumulation, HostDevice host, Forward forward) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer dQuery = arrays.poisoned(dtype, query.length);
            Buffer dKey = arrays.poisoned(dtype, key.length);
            Buffer dValue = arrays.poisoned(dtype, key.length);
            Attention.on(device, accumulation).backward(shape, sequences, arrays.of(dtype, query), arrays.of(dtype, key),
                arrays.of(dtype, value), mask(arrays), arrays.of(dtype, forward.output), arrays.of(DType.F32, forward.logSumExp),
                arrays.of(dtype, dOutput), dQuery, dKey, dValue);
            return new Gradients(arrays.floats(dQuery), arrays.floats(dKey), arrays.floats(dValue));
        }
    }

    private Buffer mask(DeviceArrays arrays) {
        if (keyMask == null) {
            return null;
        }
        try (MemoryScope staging = arrays.host().openScope("staging")) {
            HostBuffer bytes = staging.allocateHost("mask", DType.U8, keyMask.length);
            bytes.segment().copyFrom(MemorySegment.ofArray(keyMask));
            Buffer mask = arrays.scope().allocate("mask", DType.U8, keyMask.length);
            mask.copyFrom(bytes);
            return mask;
        }
    }
}
