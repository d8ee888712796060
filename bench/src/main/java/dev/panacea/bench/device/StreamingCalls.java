package dev.panacea.bench.device;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The memory-bound kernels at the shapes of a step of a model with 8 billion parameters, in bfloat16. The first call is the copy that the
 * others are held against.
 */
final class StreamingCalls implements AutoCloseable {
    private static final int HEADS = 32;
    private static final int KEY_VALUE_HEADS = 8;
    private static final int HEAD = 128;
    private static final int HIDDEN = HEADS * HEAD;
    private static final int FEED_FORWARD = 14_336;
    private static final int VOCABULARY = 128_256;
    private static final AdamW.Settings ADAMW = new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0);

    private final MemoryScope scope;
    private final RandomOperands random;
    private final Kernels kernels;
    private final int tokens;
    private final int parameters;

    /**
     * @param tokens of a batch
     * @param parameters of all adapters
     */
    StreamingCalls(CudaDevice device, int tokens, int parameters) {
        scope = device.openScope("streaming");
        random = new RandomOperands(scope);
        kernels = Kernels.on(device);
        this.tokens = tokens;
        this.parameters = parameters;
    }

    List<StreamingCall> all() {
        return List.of(copy(), add(), cast(), normForward(), normBackward(), swiGluForward(), swiGluBackward(), rotary(), embedding(),
            gradientNorm(), adamW(), decode());
    }

    private Buffer empty(DType dtype, long count) {
        return scope.allocate("result", dtype, count);
    }

    private Buffer ones(long count) {
        Buffer buffer = empty(DType.F32, count);
        float[] ones = new float[Math.toIntExact(count)];
        Arrays.fill(ones, 1);
        return buffer.copyFrom(ones);
    }

    private Buffer integers(int count, int bound) {
        return empty(DType.I32, count).copyFrom(new Random(17).ints(count, 0, bound).toArray());
    }

    private StreamingCall copy() {
        long count = (long) tokens * FEED_FORWARD;
        Buffer x = random.bf16(count);
        Buffer y = empty(DType.BF16, count);
        return new StreamingCall("copy", 4 * count, () -> kernels.elementwise().copy(count, x, y));
    }

    private StreamingCall add() {
        long count = (long) tokens * HIDDEN;
        Buffer a = random.bf16(count);
        Buffer b = random.bf16(count);
        Buffer y = empty(DType.BF16, count);
        return new StreamingCall("add", 6 * count, () -> kernels.elementwise().add(count, a, b, y));
    }

    private StreamingCall cast() {
        Buffer x = random.f32(parameters);
        Buffer y = empty(DType.BF16, parameters);
        return new StreamingCall("cast to bfloat16", 6L * parameters, () -> kernels.elementwise().cast(parameters, x, y));
    }

    private StreamingCall normForward() {
        long count = (long) tokens * HIDDEN;
        Buffer x = random.bf16(count);
        Buffer residual = random.bf16(count);
        Buffer weight = random.bf16(HIDDEN);
        Buffer sum = empty(DType.BF16, count);
        Buffer y = empty(DType.BF16, count);
        Buffer inverse = empty(DType.F32, tokens);
        return new StreamingCall("residual + RMSNorm", 8 * count,
            () -> kernels.rmsNorm().forward(tokens, HIDDEN, 1e-5f, x, residual, weight, sum, y, inverse));
    }

    private StreamingCall normBackward() {
        long count = (long) tokens * HIDDEN;
        Buffer dy = random.bf16(count);
        Buffer s = random.bf16(count);
        Buffer weight = random.bf16(HIDDEN);
        Buffer inverse = ones(tokens);
        Buffer dSum = random.bf16(count);
        Buffer dx = empty(DType.BF16, count);
        return new StreamingCall("residual + RMSNorm, backward", 8 * count,
            () -> kernels.rmsNorm().backward(tokens, HIDDEN, dy, s, weight, inverse, dSum, dx, null));
    }

    private StreamingCall swiGluForward() {
        long count = (long) tokens * FEED_FORWARD;
        Buffer gate = random.bf16(count);
        Buffer up = random.bf16(count);
        Buffer y = empty(DType.BF16, count);
        return new StreamingCall("SwiGLU", 6 * count, () -> kernels.swiGlu().forward(count, gate, up, y));
    }

    private StreamingCall swiGluBackward() {
        long count = (long) tokens * FEED_FORWARD;
        Buffer dy = random.bf16(count);
        Buffer gate = random.bf16(count);
        Buffer up = random.bf16(count);
        Buffer dGate = empty(DType.BF16, count);
        Buffer dUp = empty(DType.BF16, count);
        return new StreamingCall("SwiGLU, backward", 10 * count, () -> kernels.swiGlu().backward(count, dy, gate, up, dGate, dUp));
    }

    // in place, as the model turns queries
    private StreamingCall rotary() {
        Buffer x = random.bf16((long) tokens * HIDDEN);
        Buffer positions = integers(tokens, tokens);
        Buffer cosine = random.f32((long) tokens * HEAD / 2);
        Buffer sine = random.f32((long) tokens * HEAD / 2);
        return new StreamingCall("RoPE", 4L * tokens * HIDDEN + 4L * tokens * HEAD,
            () -> kernels.rotary().forward(tokens, HEADS, HEAD, x, positions, cosine, sine, x));
    }

    private StreamingCall embedding() {
        // a batch reads a part of the table; a larger one would only take memory
        int vocabulary = Math.min(VOCABULARY, 32 * tokens);
        Buffer ids = integers(tokens, vocabulary);
        Buffer table = random.bf16((long) vocabulary * HIDDEN);
        Buffer y = empty(DType.BF16, (long) tokens * HIDDEN);
        return new StreamingCall("embedding", 4L * tokens * HIDDEN,
            () -> kernels.embedding().forward(tokens, HIDDEN, vocabulary, ids, table, y));
    }

    private StreamingCall gradientNorm() {
        Buffer gradient = random.f32(parameters);
        Buffer norm = empty(DType.I64, AdamW.NORM_COUNT);
        return new StreamingCall("gradient norm", 4L * parameters, () -> kernels.adamW().norm(parameters, gradient, norm));
    }

    private StreamingCall adamW() {
        Buffer values = random.f32(parameters);
        Buffer gradient = random.f32(parameters);
        Buffer first = random.f32(parameters);
        Buffer second = ones(parameters);
        Buffer rounded = empty(DType.BF16, parameters);
        Buffer schedule = empty(DType.F32, AdamW.Schedule.COUNT);
        AdamW.Schedule.of(ADAMW, 10, 1e-4).writeTo(schedule);
        Buffer norm = empty(DType.I64, AdamW.NORM_COUNT);
        kernels.adamW().norm(parameters, gradient, norm);
        return new StreamingCall("AdamW with a bfloat16 copy", 30L * parameters, () -> kernels.adamW().step(ADAMW, schedule, norm, 1,
            parameters, values, gradient, first, second, rounded));
    }

    // every sequence as long as the batch
    private StreamingCall decode() {
        int[] lengths = new int[16];
        Arrays.fill(lengths, tokens);
        long cached = (long) lengths.length * tokens * KEY_VALUE_HEADS * HEAD;
        Buffer query = random.bf16((long) lengths.length * HIDDEN);
        Buffer keys = random.bf16(cached);
        Buffer values = random.bf16(cached);
        Buffer output = empty(DType.BF16, (long) lengths.length * HIDDEN);
        var shape = new Attention.Shape(HEADS, KEY_VALUE_HEADS, HEAD, (float) (1 / Math.sqrt(HEAD)), true);
        return new StreamingCall("decoding attention, 16 sequences", 4 * cached,
            () -> kernels.attention().decode(shape, tokens, lengths, query, keys, values, output));
    }

    @Override
    public void close() {
        scope.close();
    }
}
