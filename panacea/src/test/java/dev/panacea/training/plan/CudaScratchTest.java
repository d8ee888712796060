package dev.panacea.training.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the plan thinks that kernels hold, beside what they take of the simulated device. */
@Tag("cuda")
class CudaScratchTest {
    private static final LlamaConfig CONFIG = new LlamaConfig(64, 96, 2, 4, 2, 16, 900, 512, 1e-5, 100, new RotaryScaling.None(), false,
        OptionalInt.of(0), List.of(1));

    private final CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0);
    private final MemoryScope scope = device.openScope("test");
    private final Kernels kernels = Kernels.on(device);

    @BeforeEach
    void needPtx() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
    }

    @AfterEach
    void closeWithoutLeaks() {
        scope.close();
        device.close();
    }

    private static CudaScratch scratch(PackedSequences sequences) {
        return new CudaScratch(new StepExtent(sequences.tokens(), sequences.tokens(), sequences.count(), sequences.longest(), 1, 2, 0, 1,
            false, 1), CONFIG);
    }

    private Buffer zeros(DType dtype, long count) {
        Buffer buffer = scope.allocate("argument", dtype, count);
        buffer.fill((byte) 0);
        return buffer;
    }

    private long taken(Runnable kernel) {
        long held = device.heldBytes();
        device.resetPeak();
        kernel.run();
        return device.peakBytes() - held;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofTheHead(boolean differentiates) {
        PackedSequences sequences = PackedSequences.ofLengths(301);
        var shape = new LinearLogProb.Shape(sequences.tokens(), CONFIG.hiddenSize(), CONFIG.vocabularySize());
        Buffer x = zeros(DType.BF16, (long) shape.rows() * shape.columns());
        Buffer head = zeros(DType.BF16, (long) shape.vocabulary() * shape.columns());
        Buffer targets = zeros(DType.I32, shape.rows());
        Buffer logProb = zeros(DType.F32, shape.rows());
        Buffer derivative = differentiates ? zeros(DType.BF16, x.count()) : null;
        long taken = taken(() -> kernels.linearLogProb().forward(shape, x, head, targets, logProb, derivative));
        assertEquals(1, (double) scratch(sequences).head(differentiates) / taken, 0.1, "planned over " + taken);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void ofAttentionsBackward(int count) {
        int[] lengths = new int[count];
        Arrays.fill(lengths, 320);
        PackedSequences sequences = PackedSequences.ofLengths(lengths);
        var shape = new Attention.Shape(CONFIG.heads(), CONFIG.kvHeads(), CONFIG.headDim(), 0.25f, true);
        long queries = (long) sequences.tokens() * CONFIG.queryWidth();
        long keys = (long) sequences.tokens() * CONFIG.kvWidth();
        Buffer query = zeros(DType.BF16, queries);
        Buffer key = zeros(DType.BF16, keys);
        Buffer lse = zeros(DType.F32, (long) sequences.tokens() * CONFIG.heads());
        long taken = taken(() -> kernels.attention().backward(shape, sequences, query, key, key, null, query, lse, query,
            zeros(DType.BF16, queries), zeros(DType.BF16, keys), zeros(DType.BF16, keys)));
        taken -= 2 * (queries + 2 * keys);
        assertEquals(1, (double) scratch(sequences).attentionBackward() / taken, 0.1, "planned over " + taken);
    }
}
