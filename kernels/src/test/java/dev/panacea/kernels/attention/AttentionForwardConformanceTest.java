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
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.WarpOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward of attention on every CUDA device there is, held against float64 and against plain attention in its own dtype. */
@Tag("cuda")
class AttentionForwardConformanceTest {
    // float32 sums in another order, and exponentials that are off by 2 ulp at most, against sums of up to a few hundred terms
    private static final double STATISTICS_TOLERANCE = 1e-5;

    static Stream<Arguments> shapes() {
        List<Arguments> all = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            add(all, device, DType.BF16, shape(8, 1, 64, true, 0), "1,0,63");
            add(all, device, DType.F16, shape(4, 2, 64, false, 0), "65,97");
            add(all, device, DType.BF16, shape(2, 1, 64, true, 0), "0,203,0");
            add(all, device, DType.BF16, shape(6, 6, 32, true, 0), "113");
            add(all, device, DType.F16, shape(2, 1, 8, false, 0), "203,1");
            add(all, device, DType.BF16, shape(4, 2, 40, false, 0), "97,0,65");
            add(all, device, DType.BF16, shape(2, 1, 80, true, 0), "203,63");
            add(all, device, DType.F16, shape(2, 2, 96, true, 0), "113,1");
            add(all, device, DType.BF16, shape(1, 1, 128, true, 0), "512");
            add(all, device, DType.F16, shape(4, 1, 128, false, 0), "65,0,97");
            add(all, device, DType.BF16, shape(2, 1, 120, false, 0), "1,203");
            add(all, device, DType.BF16, shape(2, 1, 256, true, 0), "97,65");
            add(all, device, DType.F16, shape(1, 1, 200, false, 0), "113");
            add(all, device, DType.BF16, shape(2, 1, 64, true, 100), "300");
            add(all, device, DType.BF16, shape(2, 2, 64, false, 30), "203,17");
            add(all, device, DType.BF16, shape(2, 1, 128, true, 1), "203");
            add(all, device, DType.F16, shape(2, 1, 128, false, 65), "97,300");
            add(all, device, DType.BF16, shape(1, 1, 256, true, 64), "203");
        }
        return all.stream();
    }

    private static void add(List<Arguments> all, ConformanceDevice device, DType dtype, Shape shape, String lengths) {
        all.add(Arguments.of(device, dtype, shape, lengths));
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource("shapes")
    void isAsGoodAsPlainAttention(ConformanceDevice kind, DType dtype, Shape shape, String lengths) {
        kind.run((device, host) -> {
            int[] each = Arrays.stream(lengths.split(",")).mapToInt(Integer::parseInt).toArray();
            agrees(AttentionCase.random(shape, lengths.hashCode(), each).as(dtype, host), device, host);
        });
    }

    static Stream<Arguments> masked() {
        List<Arguments> all = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            add(all, device, DType.BF16, shape(2, 1, 64, true, 0), "97,0,203");
            add(all, device, DType.F16, shape(4, 2, 64, false, 0), "113,65");
            add(all, device, DType.BF16, shape(1, 1, 128, true, 70), "65,203");
            add(all, device, DType.F16, shape(2, 1, 128, false, 0), "97,1");
            add(all, device, DType.BF16, shape(2, 2, 24, false, 20), "63,113");
            add(all, device, DType.BF16, shape(1, 1, 88, true, 0), "1,203");
            add(all, device, DType.F16, shape(1, 1, 256, true, 0), "17,97");
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource("masked")
    void seesNoMaskedKey(ConformanceDevice kind, DType dtype, Shape shape, String lengths) {
        kind.run((device, host) -> {
            int[] each = Arrays.stream(lengths.split(",")).mapToInt(Integer::parseInt).toArray();
            agrees(AttentionCase.random(shape, lengths.hashCode(), each).as(dtype, host).masked(3, 3), device, host);
        });
    }

    private static void agrees(AttentionCase inputs, CudaDevice device, HostDevice host) {
        AttentionOracle oracle = inputs.oracle();
        double plain = Oracle.relativeError(oracle.output, AttentionOracle.plain(inputs).output);
        assertTrue(plain < 2e-2, () -> "plain attention itself is off by " + plain);
        Forward forward = inputs.forward(device, host);
        AttentionOracle.assertClose("output", oracle.output, Oracle.doubles(forward.output()), 2 * plain);
        oracle.assertLogSumExp(forward.logSumExp(), STATISTICS_TOLERANCE);
        Forward again = inputs.forward(device, host);
        assertArrayEquals(forward.output(), again.output(), "the same call gives the same bits");
        assertArrayEquals(forward.logSumExp(), again.logSumExp(), "the same call gives the same bits");
    }

    /** Equal scores and a power of two of keys: the mean of small integers is exact, in whatever order it is summed. */
    @ParameterizedTest
    @EnumSource(ConformanceDevice.class)
    void theMeanOfSmallIntegersIsExact(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int d : new int[] {64, 96, 256}) {
                Shape shape = shape(1, 1, d, false, 0);
                AttentionCase random = AttentionCase.random(shape, d, 64, 128);
                Random integers = new Random(d);
                float[] value = new float[random.value().length];
                for (int i = 0; i < value.length; i++) {
                    value[i] = integers.nextInt(-8, 9);
                }
                AttentionCase inputs = new AttentionCase(shape, DType.F32, random.sequences(), random.query(), new float[value.length],
                    value, random.dOutput(), null).as(DType.F16, host);
                float[] expected = DeviceArrays.rounded(host, DType.F16, inputs.forward(host, host).output());
                assertArrayEquals(expected, inputs.forward(device, host).output());
            }
        });
    }

    /** Large scores: the exponentials of all but the greatest vanish, and nothing overflows. */
    @ParameterizedTest
    @EnumSource(ConformanceDevice.class)
    void staysFiniteForScoresThatOverflowExp(ConformanceDevice kind) {
        kind.run((device, host) -> {
            AttentionCase inputs = AttentionCase.random(new Shape(2, 1, 64, 40f, true), 4, 130).as(DType.BF16, host);
            Forward forward = inputs.forward(device, host);
            // the exponents, in the hundreds, are rounded to float32
            AttentionOracle.assertClose("output", inputs.oracle().output, Oracle.doubles(forward.output()), 4e-3);
        });
    }

    @Test
    void noOrderOfWarpsChangesABit() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        try (HostDevice host = new HostDevice(1)) {
            AttentionCase inputs = AttentionCase.random(shape(1, 1, 32, true, 0), 8, 140).as(DType.BF16, host);
            Forward inOrder = inAnyOrder(inputs, host, SimulatorOptions.defaults());
            Forward shuffled = inAnyOrder(inputs, host, SimulatorOptions.defaults().withOrder(WarpOrder.random(1)));
            assertArrayEquals(inOrder.output(), shuffled.output());
            assertArrayEquals(inOrder.logSumExp(), shuffled.logSumExp());
        }
    }

    private static Forward inAnyOrder(AttentionCase inputs, HostDevice host, SimulatorOptions options) {
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(options), 0)) {
            return inputs.forward(device, host);
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
                assertRefuses("attention in F32, only in BF16 and F16", () -> forward(device, 16, floats, floats, floats));
                assertRefuses("a head dimension of 20, only with multiples of 8 up to 256",
                    () -> forward(device, 20, halves, halves, floats));
                assertRefuses("a head dimension of 264", () -> forward(device, 264, halves, halves, floats));
                assertRefuses("key must hold 32 elements of BF16", () -> forward(device, 16, halves, floats, floats));
                assertRefuses("key must begin at a multiple of 16 bytes",
                    () -> forward(device, 16, halves, halves.slice(1, 32), floats));
                assertRefuses("query is missing", () -> forward(device, 16, null, halves, floats));
            }
        });
    }

    private static void forward(CudaDevice device, int d, Buffer query, Buffer key, Buffer logSumExp) {
        Attention.on(device).forward(new Shape(1, 1, d, 1, true), PackedSequences.ofLengths(2), query, key, key, null, query, logSumExp);
    }

    private static void assertRefuses(String part, Runnable call) {
        String message = assertThrows(RuntimeException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }
}
