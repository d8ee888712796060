package dev.panacea.kernels.attention;

import static dev.panacea.kernels.attention.AttentionCase.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.kernels.attention.AttentionCase.Forward;
import dev.panacea.kernels.attention.AttentionCase.Gradients;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.WarpOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The backward of attention on every CUDA device there is, held against float64 and against plain attention in its own dtype. What it
 * reads of the forward is the oracle's, rounded.
 */
@Tag("cuda")
class AttentionBackwardConformanceTest {
    // of the gradient of the values: what float32 sums in another order leave where a gradient of scores should vanish
    private static final double FLOAT_SUMS = 1e-5;

    static Stream<Arguments> shapes() {
        List<Arguments> all = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            add(all, device, DType.BF16, shape(8, 1, 32, true, 0), "1,0,63");
            add(all, device, DType.F16, shape(4, 2, 64, false, 0), "65,0,113");
            add(all, device, DType.BF16, shape(6, 6, 32, true, 0), "113");
            add(all, device, DType.F16, shape(2, 1, 64, false, 0), "0,97,1");
            add(all, device, DType.BF16, shape(4, 2, 40, false, 0), "97,0,65");
            add(all, device, DType.BF16, shape(2, 1, 80, true, 0), "203,63");
            add(all, device, DType.F16, shape(2, 2, 96, false, 0), "113,1");
            add(all, device, DType.BF16, shape(1, 1, 128, true, 0), "512");
            add(all, device, DType.F16, shape(2, 1, 128, false, 0), "203,0,65");
            add(all, device, DType.BF16, shape(2, 1, 256, true, 0), "97,65");
            add(all, device, DType.F16, shape(1, 1, 200, false, 0), "113");
            add(all, device, DType.BF16, shape(2, 1, 64, true, 100), "300");
            add(all, device, DType.BF16, shape(2, 2, 64, false, 30), "203,17");
            add(all, device, DType.BF16, shape(2, 1, 128, true, 1), "203");
            add(all, device, DType.F16, shape(2, 1, 128, false, 65), "1,203");
            add(all, device, DType.BF16, shape(1, 1, 256, true, 64), "203");
        }
        return all.stream();
    }

    static Stream<Arguments> masked() {
        List<Arguments> all = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            add(all, device, DType.BF16, shape(2, 1, 64, true, 0), "97,0,203");
            add(all, device, DType.F16, shape(4, 2, 128, false, 0), "113,65");
            add(all, device, DType.BF16, shape(1, 1, 128, true, 70), "65,203");
            add(all, device, DType.F16, shape(2, 2, 24, false, 20), "63,113");
            add(all, device, DType.BF16, shape(1, 1, 88, true, 0), "1,203");
            add(all, device, DType.F16, shape(1, 1, 256, true, 0), "17,97");
        }
        return all.stream();
    }

    private static void add(List<Arguments> all, ConformanceDevice device, DType dtype, Shape shape, String lengths) {
        all.add(Arguments.of(device, dtype, shape, lengths));
    }

    private static AttentionCase inputs(DType dtype, Shape shape, String lengths, HostDevice host) {
        int[] each = Arrays.stream(lengths.split(",")).mapToInt(Integer::parseInt).toArray();
        return AttentionCase.random(shape, lengths.hashCode(), each).as(dtype, host);
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource("shapes")
    void isAsGoodAsPlainAttention(ConformanceDevice kind, DType dtype, Shape shape, String lengths) {
        kind.run((device, host) -> agrees(inputs(dtype, shape, lengths, host), device, host));
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource("masked")
    void givesNothingToMaskedKeysNorToQueriesThatSeeNone(ConformanceDevice kind, DType dtype, Shape shape, String lengths) {
        kind.run((device, host) -> agrees(inputs(dtype, shape, lengths, host).masked(3, 3), device, host));
    }

    private static void agrees(AttentionCase inputs, CudaDevice device, HostDevice host) {
        AttentionOracle oracle = inputs.oracle();
        AttentionOracle plain = AttentionOracle.plain(inputs);
        Forward forward = forward(inputs, oracle, host);
        for (Accumulation accumulation : Accumulation.values()) {
            check(inputs, oracle, plain, inputs.backward(device, accumulation, host, forward));
        }
    }

    private static Forward forward(AttentionCase inputs, AttentionOracle oracle, HostDevice host) {
        return new Forward(DeviceArrays.rounded(host, inputs.dtype(), Oracle.floats(oracle.output)), Oracle.floats(oracle.logSumExp));
    }

    private static void check(AttentionCase inputs, AttentionOracle oracle, AttentionOracle plain, Gradients actual) {
        double least = FLOAT_SUMS * norm(oracle.dValue);
        check("dQuery", oracle.dQuery, plain.dQuery, actual.dQuery(), least);
        check("dKey", oracle.dKey, plain.dKey, actual.dKey(), least);
        check("dValue", oracle.dValue, plain.dValue, actual.dValue(), least);
        int d = inputs.shape().headDimension();
        for (int row = 0; row < oracle.logSumExp.length; row++) {
            if (oracle.logSumExp[row] == Double.POSITIVE_INFINITY) {
                assertZero("dQuery of a query that sees no key", actual.dQuery(), row * d, d);
            }
        }
        int width = inputs.shape().keyValueHeads() * d;
        for (int token = 0; inputs.keyMask() != null && token < inputs.keyMask().length; token++) {
            if (inputs.keyMask()[token] == 0) {
                assertZero("dKey of a hidden key", actual.dKey(), token * width, width);
                assertZero("dValue of a hidden key", actual.dValue(), token * width, width);
            }
        }
    }

    private static void check(String what, double[] exact, double[] plain, float[] actual, double least) {
        double error = distance(exact, Oracle.doubles(actual));
        double ofPlain = distance(exact, plain);
        assertTrue(ofPlain <= least || ofPlain < 3e-2 * norm(exact), () -> what + ": plain attention itself is off by " + ofPlain);
        assertTrue(error <= Math.max(2 * ofPlain, least),
            () -> what + " is off by " + error + ", plain attention by " + ofPlain + " of " + norm(exact));
    }

    private static void assertZero(String what, float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            assertEquals(0f, Math.abs(values[i]), what);
        }
    }

    private static double norm(double[] values) {
        return distance(new double[values.length], values);
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    private static void assertSameBits(Gradients expected, Gradients actual) {
        assertArrayEquals(expected.dQuery(), actual.dQuery(), "dQuery");
        assertArrayEquals(expected.dKey(), actual.dKey(), "dKey");
        assertArrayEquals(expected.dValue(), actual.dValue(), "dValue");
    }

    @ParameterizedTest
    @EnumSource(ConformanceDevice.class)
    void fiftyCallsGiveTheSameBits(ConformanceDevice kind) {
        if (kind != ConformanceDevice.SIMULATOR) {
            kind.run((device, host) ->
                fiftyCallsGiveTheSameBits(inputs(DType.BF16, shape(8, 2, 64, false, 0), "700,0,300", host), device, host));
            return;
        }
        // without the checks that the other tests make
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        try (HostDevice host = new HostDevice(1);
             CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0)) {
            fiftyCallsGiveTheSameBits(inputs(DType.BF16, shape(1, 1, 256, true, 0), "65", host), device, host);
        }
    }

    private static void fiftyCallsGiveTheSameBits(AttentionCase inputs, CudaDevice device, HostDevice host) {
        Forward forward = forward(inputs, inputs.oracle(), host);
        Gradients first = inputs.backward(device, host, forward);
        for (int repeat = 1; repeat < 50; repeat++) {
            assertSameBits(first, inputs.backward(device, host, forward));
        }
    }

    /** Blocks one after another, and all at once in turns, where each has to wait for those before it; warps in any order. */
    @Test
    void noOrderOfBlocksAndWarpsChangesABitUnlessAddsMayComeAsTheyDo() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        try (HostDevice host = new HostDevice(1)) {
            AttentionCase inputs = inputs(DType.BF16, shape(1, 1, 256, false, 0), "250", host);
            Forward forward = forward(inputs, inputs.oracle(), host);
            SimulatorOptions options = SimulatorOptions.defaults();
            Gradients inOrder = onDriver(new SimulatedDriver(options), Accumulation.ORDERED, inputs, forward, host);
            int different = 0;
            for (long seed = 1; seed <= 2; seed++) {
                options = options.withOrder(WarpOrder.random(seed));
                assertSameBits(inOrder, onDriver(new SimulatedDriver(options), Accumulation.ORDERED, inputs, forward, host));
                CudaDriver interleaved = InterleavedBlocks.of(new SimulatedDriver(options));
                assertSameBits(inOrder, onDriver(interleaved, Accumulation.ORDERED, inputs, forward, host));
                Gradients unordered = onDriver(interleaved, Accumulation.UNORDERED, inputs, forward, host);
                different += Arrays.equals(inOrder.dQuery(), unordered.dQuery()) ? 0 : 1;
            }
            assertTrue(different > 0, "blocks in turns add in the same order by themselves: this test shows nothing");
        }
    }

    private static Gradients onDriver(CudaDriver driver, Accumulation accumulation, AttentionCase inputs, Forward forward,
                                      HostDevice host) {
        try (CudaDevice device = CudaDevice.open(driver, 0)) {
            return inputs.backward(device, accumulation, host, forward);
        }
    }

    @ParameterizedTest
    @EnumSource(ConformanceDevice.class)
    void refusesWhatItHasNoCodeFor(ConformanceDevice kind) {
        kind.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer floats = arrays.poisoned(DType.F32, 64);
                Buffer halves = arrays.poisoned(DType.BF16, 64);
                assertRefuses("attention in F32, only in BF16 and F16", () -> backward(device, 16, floats, floats));
                assertRefuses("a head dimension of 20, only with multiples of 8 up to 256", () -> backward(device, 20, halves, halves));
                assertRefuses("dKey must hold 32 elements of BF16", () -> backward(device, 16, halves, floats));
                assertRefuses("dKey must hold 48 elements of BF16", () -> backward(device, 24, halves, halves.slice(0, 40)));
                assertRefuses("dKey must begin at a multiple of 16 bytes", () -> backward(device, 16, halves, halves.slice(1, 32)));
                assertRefuses("dKey is missing", () -> backward(device, 16, halves, null));
            }
        });
    }

    private static void backward(CudaDevice device, int d, Buffer any, Buffer dKey) {
        try (MemoryScope scope = device.openScope("test")) {
            Buffer statistics = scope.allocate("statistics", DType.F32, 2);
            Attention.on(device).backward(new Shape(1, 1, d, 1, true), PackedSequences.ofLengths(2), any, any, any, null, any, statistics,
                any, any, dKey, any);
        }
    }

    private static void assertRefuses(String part, Runnable call) {
        String message = assertThrows(RuntimeException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }
}
