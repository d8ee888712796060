package dev.panacea.kernels.elementwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The small operations on every CUDA device there is: where nothing is summed, the bits are those of the host twin. */
@Tag("cuda")
class ElementwiseConformanceTest {
    private static final int[] COUNTS = {1, 7, 16, 255, 2049, 4096};
    private static final List<DType> FLOATS = List.of(DType.F32, DType.BF16);
    private static final float[] SPECIAL = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, 65_504,
        65_520, Float.MIN_VALUE, -0x1p-24f, 0x1.8p-25f, 0x1p-25f, 0x1.01p0f, 0x1.03p0f, 0x1.002p0f, 0x1.006p0f};
    private static final PackedSequences SEQUENCES = PackedSequences.ofLengths(3, 0, 1000, 17, 256);

    /** Runs {@code call} with {@code count} elements at addresses that are {@code shift} elements off, on both, and compares what comes. */
    private static void compare(CudaDevice device, HostDevice host, BiFunction<DeviceArrays, Integer, float[]> call) {
        for (int shift : new int[] {0, 1}) {
            float[] expected = on(host, host, shift, call);
            assertArrayEquals(expected, on(device, host, shift, call), "shifted by " + shift);
        }
    }

    private static float[] on(Device device, HostDevice host, int shift, BiFunction<DeviceArrays, Integer, float[]> call) {
        try (MemoryScope scope = device.openScope("test")) {
            return call.apply(new DeviceArrays(device, host, scope), shift);
        }
    }

    private static float[] values(int count) {
        float[] values = Oracle.normal(new Random(count), count);
        System.arraycopy(SPECIAL, 0, values, 0, Math.min(SPECIAL.length, count / 2));
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void fillAndCopyCoverTheirRangeAndNothingBeyond(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int count : COUNTS) {
                for (DType dtype : List.of(DType.F32, DType.BF16, DType.F16)) {
                    compare(device, host, (arrays, shift) -> {
                        Buffer y = arrays.poisoned(dtype, count + 20);
                        Elementwise.on(arrays.device()).fill(count, 1.01f, y.slice(shift, count));
                        return arrays.floats(y);
                    });
                    compare(device, host, (arrays, shift) -> {
                        Buffer y = arrays.poisoned(dtype, count + 20);
                        Buffer x = arrays.shifted(shift, dtype, values(count));
                        Elementwise.on(arrays.device()).copy(count, x, y.slice(shift, count + 3));
                        return arrays.floats(y);
                    });
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void integersAreFilledByteForByte(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (DType dtype : List.of(DType.I32, DType.I64, DType.U8)) {
                for (int count : new int[] {1, 5, 300}) {
                    for (int shift : new int[] {0, 1, 3}) {
                        assertArrayEquals(filled(host, host, dtype, count, shift), filled(device, host, dtype, count, shift));
                    }
                }
            }
        });
    }

    /** The bytes of {@code count} elements of 77 and of the 64 bytes after them. */
    private static byte[] filled(Device device, HostDevice host, DType dtype, int count, int shift) {
        try (MemoryScope scope = device.openScope("test"); MemoryScope here = host.openScope("test")) {
            Buffer y = scope.allocate("result", dtype, shift + count + 64);
            y.fill((byte) 0xFF);
            Elementwise.on(device).fill(count, 77, y.slice(shift, count));
            var bytes = here.allocateHost("bytes", dtype, y.count());
            bytes.copyFrom(y);
            return bytes.segment().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void addRoundsOnceAlsoInPlace(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int count : COUNTS) {
                for (DType dtype : FLOATS) {
                    for (int target = 0; target < 3; target++) {
                        int into = target;
                        compare(device, host, (arrays, shift) -> {
                            Buffer[] buffers = {arrays.shifted(shift, dtype, values(count)),
                                arrays.shifted(shift, dtype, Oracle.normal(new Random(7), count)),
                                arrays.poisoned(dtype, count + 20).slice(shift, count)};
                            Elementwise.on(arrays.device()).add(count, buffers[0], buffers[1], buffers[into]);
                            return arrays.floats(buffers[into]);
                        });
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void castsRoundToNearestEvenAndKeepWhatIsSpecial(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int count : COUNTS) {
                for (DType narrow : List.of(DType.BF16, DType.F16, DType.F32)) {
                    compare(device, host, cast(count, DType.F32, narrow));
                    compare(device, host, cast(count, narrow, DType.F32));
                }
            }
        });
    }

    private static BiFunction<DeviceArrays, Integer, float[]> cast(int count, DType from, DType to) {
        return (arrays, shift) -> {
            Buffer y = arrays.poisoned(to, count + 20);
            Elementwise.on(arrays.device()).cast(count, arrays.shifted(shift, from, values(count)), y.slice(shift, count));
            return arrays.floats(y);
        };
    }

    @ParameterizedTest
    @EnumSource
    void sumOfSquaresIsThatOfFloat64(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int count : new int[] {1, 7, 4097, 300_001}) {
                for (DType dtype : FLOATS) {
                    float[] x = DeviceArrays.rounded(host, dtype, Oracle.normal(new Random(count), count));
                    double expected = Oracle.dot(Oracle.doubles(x), Oracle.doubles(x));
                    for (int shift : new int[] {0, 1}) {
                        withArray(device, host, dtype, shift, x, (elementwise, array) -> {
                            double sum = elementwise.sumOfSquares(count, array);
                            assertEquals(expected, sum, 1e-12 * expected);
                            assertEquals(sum, elementwise.sumOfSquares(count, array), 0, "the same call gives the same bits");
                            assertTrue(elementwise.allFinite(count, array));
                        });
                    }
                }
            }
        });
    }

    private static void withArray(Device device, HostDevice host, DType dtype, int shift, float[] x, BiConsumer<Elementwise, Buffer> test) {
        try (MemoryScope scope = device.openScope("test")) {
            test.accept(Elementwise.on(device), new DeviceArrays(device, host, scope).shifted(shift, dtype, x));
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneValueThatIsNotFiniteIsFoundAnywhere(ConformanceDevice kind) {
        kind.run((device, host) -> {
            int count = 2051;
            for (DType dtype : FLOATS) {
                for (int at : new int[] {0, count / 2, count - 1}) {
                    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                        float[] x = new float[count];
                        Arrays.fill(x, dtype == DType.F32 ? Float.MAX_VALUE : 3e38f);
                        withArray(device, host, dtype, 0, x, (elementwise, array) -> assertTrue(elementwise.allFinite(count, array)));
                        x[at] = value;
                        withArray(device, host, dtype, 0, x, (elementwise, array) -> assertFalse(elementwise.allFinite(count, array)));
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void sequencesAreSummedAndTheirGradientSpread(ConformanceDevice kind) {
        kind.run((device, host) -> {
            Random random = new Random(5);
            float[] x = Oracle.normal(random, SEQUENCES.tokens());
            float[] minus = Oracle.normal(random, SEQUENCES.tokens());
            for (boolean less : new boolean[] {false, true}) {
                BiFunction<DeviceArrays, Integer, float[]> sum = (arrays, shift) -> {
                    Buffer y = arrays.poisoned(DType.F32, SEQUENCES.count());
                    Buffer taken = less ? arrays.shifted(shift, DType.F32, minus) : null;
                    Elementwise.on(arrays.device()).sequenceSum(SEQUENCES, arrays.shifted(shift, DType.F32, x), taken, y);
                    return arrays.floats(y);
                };
                float[] expected = on(host, host, 0, sum);
                float[] actual = on(device, host, 1, sum);
                // both round one float64 sum, which the order moves by less than half a unit of float32
                assertArrayEquals(expected, actual, Math.ulp(64f));
                assertEquals(0, actual[1], "an empty sequence");
            }
            compare(device, host, (arrays, shift) -> {
                Buffer dx = arrays.poisoned(DType.F32, SEQUENCES.tokens());
                Elementwise.on(arrays.device()).sequenceSumBackward(SEQUENCES, arrays.of(DType.F32, 1f, 2f, 3f, 4f, 5f), dx);
                return arrays.floats(dx);
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void argumentsThatDoNotFitAreRefusedAndNothingIsNothing(ConformanceDevice kind) {
        kind.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test"); MemoryScope here = host.openScope("test")) {
                Elementwise elementwise = Elementwise.on(device);
                Buffer floats = new DeviceArrays(device, host, scope).poisoned(DType.F32, 4);
                Buffer ints = scope.allocate("ints", DType.I32, 4);
                assertThrows(IllegalArgumentException.class, () -> elementwise.fill(5, 0, floats));
                assertThrows(IllegalArgumentException.class, () -> elementwise.fill(4, 0.5f, ints));
                assertThrows(IllegalArgumentException.class, () -> elementwise.fill(-1, 0, floats));
                assertThrows(IllegalArgumentException.class, () -> elementwise.copy(4, floats, ints));
                assertThrows(IllegalArgumentException.class, () -> elementwise.cast(4, floats, ints));
                assertThrows(IllegalArgumentException.class, () -> elementwise.add(4, floats, null, floats));
                assertThrows(IllegalArgumentException.class, () -> elementwise.add(4, ints, ints, ints));
                assertThrows(IllegalArgumentException.class, () -> elementwise.sumOfSquares(4, ints));
                assertThrows(IllegalArgumentException.class, () -> elementwise.sumOfSquares(4, here.allocate("here", DType.F32, 4)));
                elementwise.fill(0, 0, floats);
                elementwise.add(0, floats, floats, floats);
                elementwise.sequenceSum(PackedSequences.ofLengths(), floats, null, floats);
                assertEquals(0, elementwise.sumOfSquares(0, floats));
                assertTrue(Float.isNaN(floats.toFloats()[0]));
            }
        });
    }
}
