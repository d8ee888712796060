package dev.panacea.kernels.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.optimizer.AdamW.Schedule;
import dev.panacea.kernels.optimizer.AdamW.Settings;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Graph;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** AdamW and the gradient's norm on every CUDA device there is, held against float64. */
@Tag("cuda")
class AdamWConformanceTest {
    private static final Settings SETTINGS = new Settings(0.9f, 0.999f, 1e-8f, 0.1f);
    private static final double RATE = 1e-2;

    /** A run of many steps: every array begins {@code offset} elements into its memory, so that some do not lie on 16 bytes. */
    private record Run(int count, int offset, int steps, double clip) {

        float[] start() {
            return Oracle.normal(new Random(count), count);
        }

        /** Lengths on both sides of a clip of 3. */
        float[] gradient(int step) {
            float[] gradient = Oracle.normal(new Random(1000L * count + step), count);
            for (int i = 0; i < count; i++) {
                gradient[i] = (float) ((gradient[i] * 3 + (i % 3 - 1)) * (step % 4 == 0 ? 0.3 : 3) / Math.sqrt(count));
            }
            return gradient;
        }

        /** Parameters, both moments and rounded parameters after all steps, as floats. */
        List<float[]> on(Device device, HostDevice host) {
            try (MemoryScope scope = device.openScope("test")) {
                State state = State.of(this, new DeviceArrays(device, host, scope));
                AdamW adamW = AdamW.on(device);
                for (int step = 1; step <= steps; step++) {
                    state.prepare(this, step);
                    state.step(adamW, this, step == steps);
                }
                return state.values();
            }
        }

        /** Parameters and both moments, one scalar at a time in float64. */
        List<double[]> oracle() {
            double[] p = Oracle.doubles(start());
            double[] m = new double[count];
            double[] v = new double[count];
            for (int step = 1; step <= steps; step++) {
                double[] gradient = Oracle.doubles(gradient(step));
                double scale = clip == 0 ? 1 : Math.min(1, clip / Math.sqrt(Oracle.dot(gradient, gradient)));
                for (int i = 0; i < count; i++) {
                    double g = gradient[i] * scale;
                    m[i] = SETTINGS.beta1() * m[i] + (1 - (double) SETTINGS.beta1()) * g;
                    v[i] = SETTINGS.beta2() * v[i] + (1 - (double) SETTINGS.beta2()) * g * g;
                    double unbiasedM = m[i] / (1 - Math.pow(SETTINGS.beta1(), step));
                    double unbiasedV = v[i] / (1 - Math.pow(SETTINGS.beta2(), step));
                    p[i] -= RATE * (unbiasedM / (Math.sqrt(unbiasedV) + SETTINGS.epsilon()) + SETTINGS.weightDecay() * p[i]);
                }
            }
            return List.of(p, m, v);
        }
    }

    /** What a run has on a device. */
    private record State(DeviceArrays arrays, Buffer parameters, Buffer gradient, Buffer first, Buffer second, Buffer rounded,
                         Buffer schedule, Buffer norm) {

        static State of(Run run, DeviceArrays arrays) {
            float[] zeros = new float[run.count];
            return new State(arrays, shifted(run, arrays, DType.F32).copyFrom(run.start()), shifted(run, arrays, DType.F32),
                shifted(run, arrays, DType.F32).copyFrom(zeros), shifted(run, arrays, DType.F32).copyFrom(zeros),
                shifted(run, arrays, DType.BF16), arrays.poisoned(DType.F32, Schedule.COUNT),
                arrays.poisoned(DType.I64, AdamW.NORM_COUNT));
        }

        private static Buffer shifted(Run run, DeviceArrays arrays, DType dtype) {
            return arrays.poisoned(dtype, run.count + run.offset).slice(run.offset, run.count);
        }

        void prepare(Run run, int step) {
            Schedule.of(SETTINGS, step, RATE).writeTo(schedule);
            gradient.copyFrom(run.gradient(step));
        }

        void step(AdamW adamW, Run run, boolean round) {
            adamW.norm(run.count, gradient, norm);
            update(adamW, run, round);
        }

        void step(AdamW adamW, Run run, Buffer losses) {
            adamW.norm(run.count, gradient, losses, norm);
            update(adamW, run, true);
        }

        private void update(AdamW adamW, Run run, boolean round) {
            adamW.step(SETTINGS, schedule, norm, run.clip, run.count, parameters, gradient, first, second, round ? rounded : null);
        }

        /** Parameters, both moments and rounded parameters. */
        List<float[]> values() {
            return List.of(parameters.toFloats(), first.toFloats(), second.toFloats(), arrays.floats(rounded));
        }
    }

    static Stream<Arguments> runs() {
        return Stream.of(ConformanceDevice.values()).flatMap(device -> Stream.of(new Run(129, 0, 200, 3), new Run(1024, 0, 200, 0),
            new Run(1023, 1, 20, 3), new Run(1, 0, 20, 3), new Run(4099, 0, 5, 3)).map(run -> Arguments.of(device, run)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("runs")
    void manyStepsFollowTheOracle(ConformanceDevice kind, Run run) {
        kind.run((device, host) -> {
            List<float[]> expected = run.on(host, host);
            List<float[]> actual = run.on(device, host);
            List<double[]> oracle = run.oracle();
            String[] names = {"parameters", "first moment", "second moment"};
            for (int i = 0; i < names.length; i++) {
                double ofHost = Oracle.relativeError(oracle.get(i), Oracle.doubles(expected.get(i)));
                assertTrue(ofHost < 1e-5, "the host itself is off");
                Oracle.assertClose(names[i], oracle.get(i), actual.get(i), Math.max(2 * ofHost, 1e-6));
            }
            assertArrayEquals(DeviceArrays.rounded(host, DType.BF16, actual.getFirst()), actual.getLast(), "the rounded copy");
            List<float[]> again = run.on(device, host);
            for (int i = 0; i < again.size(); i++) {
                assertArrayEquals(actual.get(i), again.get(i), "the same call gives the same bits");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aCapturedStepRepeatsWithTheGradientAndTheScheduleOfEachTurn(ConformanceDevice kind) {
        kind.run((device, host) -> {
            Run run = new Run(1500, 0, 8, 3);
            List<float[]> expected = run.on(device, host);
            try (MemoryScope scope = device.openScope("test")) {
                State state = State.of(run, new DeviceArrays(device, host, scope));
                AdamW adamW = AdamW.on(device);
                state.prepare(run, 1);
                state.step(adamW, run, true);
                try (Graph graph = device.computeStream().capture(() -> state.step(adamW, run, true))) {
                    for (int step = 2; step <= run.steps; step++) {
                        state.prepare(run, step);
                        graph.launch(device.computeStream());
                    }
                    List<float[]> actual = state.values();
                    for (int i = 0; i < actual.size(); i++) {
                        assertArrayEquals(expected.get(i), actual.get(i));
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theNormIsThatOfFloat64WhateverTheLengthAndThePlace(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int[] run : new int[][] {{0, 0}, {1, 0}, {3, 1}, {1024, 0}, {7919, 0}, {7919, 3}}) {
                float[] gradient = Oracle.normal(new Random(run[0]), run[0]);
                double expected = Math.sqrt(Oracle.dot(Oracle.doubles(gradient), Oracle.doubles(gradient)));
                double actual = norm(device, host, gradient, run[1]);
                assertEquals(expected, actual, 1e-14 * expected);
                assertEquals(actual, norm(device, host, gradient, run[1]), "the same call gives the same bits");
            }
            assertEquals(5e30, norm(device, host, new float[] {3e30f, -4e30f}, 0), 1e24, "squares that float32 does not hold");
        });
    }

    // 1,050,000 elements: more than all threads take in one turn
    @ParameterizedTest
    @EnumSource
    void theNormOfManyWholeNumbersIsExact(ConformanceDevice kind) {
        kind.run((device, host) -> {
            float[] gradient = new float[1_050_003];
            long squares = 0;
            for (int i = 0; i < gradient.length; i++) {
                int value = i % 15 - 7;
                gradient[i] = value;
                squares += value * value;
            }
            assertEquals(Math.sqrt(squares), norm(device, host, gradient, 0));
        });
    }

    private static double norm(Device device, HostDevice host, float[] gradient, int offset) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer values = arrays.poisoned(DType.F32, gradient.length + offset).slice(offset, gradient.length).copyFrom(gradient);
            Buffer norm = arrays.poisoned(DType.I64, AdamW.NORM_COUNT);
            AdamW.on(device).norm(gradient.length, values, norm);
            return AdamW.value(norm);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNormThatIsNotFiniteChangesNothing(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (Device each : new Device[] {host, device}) {
                for (float spoilt : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    for (Run run : new Run[] {new Run(130, 0, 1, 1), new Run(130, 1, 1, 0)}) {
                        requireUntouched(run, each, host, spoilt, 0);
                        requireUntouched(run, each, host, 1, spoilt);
                    }
                }
            }
        });
    }

    private static void requireUntouched(Run run, Device device, HostDevice host, float element, float loss) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            State state = State.of(run, arrays);
            Buffer losses = arrays.of(DType.F32, 0.5f, Float.MAX_VALUE, -3, 0.25f, 1);
            AdamW adamW = AdamW.on(device);
            state.prepare(run, 1);
            state.step(adamW, run, losses);
            List<float[]> before = state.values();
            assertTrue(Double.isFinite(AdamW.value(state.norm)) && before.getFirst()[0] != run.start()[0], "finite losses stop no step");
            float[] gradient = run.gradient(2);
            gradient[77] = element;
            state.gradient.copyFrom(gradient);
            losses.slice(3, 1).copyFrom(new float[] {loss});
            state.step(adamW, run, losses);
            assertFalse(Double.isFinite(AdamW.value(state.norm)));
            List<float[]> after = state.values();
            for (int i = 0; i < after.size(); i++) {
                assertArrayEquals(before.get(i), after.get(i), "with " + element + " and " + loss + " on " + device);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void missingAndShortArgumentsAreRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer four = arrays.of(DType.F32, 1, 2, 3, 4);
                Buffer norm = arrays.poisoned(DType.I64, AdamW.NORM_COUNT);
                AdamW adamW = AdamW.on(device);
                assertThrows(IllegalArgumentException.class, () -> adamW.norm(4, four, four));
                assertThrows(IllegalArgumentException.class, () -> adamW.norm(4, four, norm, norm));
                assertThrows(IllegalArgumentException.class, () -> adamW.step(SETTINGS, four, null, 0, 4, four, four, four, four, null));
                assertThrows(IllegalArgumentException.class, () -> adamW.step(SETTINGS, four, norm, 0, 5, four, four, four, four, null));
                assertThrows(IllegalArgumentException.class, () -> adamW.step(SETTINGS, four, norm, 0, 4, four, four, four, four, four));
                assertArrayEquals(new float[] {1, 2, 3, 4}, four.toFloats());
            }
        });
    }
}
