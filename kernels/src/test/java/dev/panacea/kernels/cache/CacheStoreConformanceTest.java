package dev.panacea.kernels.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows scattered into a cache, on the host and on every CUDA device there is: the bits are those of plain loops. */
@Tag("cuda")
class CacheStoreConformanceTest {
    private static final List<DType> DTYPES = List.of(DType.F32, DType.BF16, DType.F16);

    /** @param places of the rows; stored keys and values are what the cache held before */
    private record Problem(int width, int[] places, float[] keys, float[] values, float[] storedKeys, float[] storedValues) {

        static Problem of(int width, int capacity, int... places) {
            Random random = new Random();
            int count = places.length * width;
            return new Problem(width, places, Oracle.normal(random, count), Oracle.normal(random, count),
                Oracle.normal(random, capacity * width), Oracle.normal(random, capacity * width));
        }

        int capacity() {
            return storedKeys.length / width;
        }

        /** Both caches after the call, keys before values; @param shift elements that all matrices are off an aligned address */
        float[][] store(Device device, HostDevice host, DType dtype, int shift) {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer keyCache = arrays.shifted(shift, dtype, storedKeys);
                Buffer valueCache = arrays.shifted(shift, dtype, storedValues);
                CacheStore.on(device).store(places.length, width, capacity(), arrays.of(places), arrays.shifted(shift, dtype, keys),
                    arrays.shifted(shift, dtype, values), keyCache, valueCache);
                return new float[][] {arrays.floats(keyCache), arrays.floats(valueCache)};
            }
        }

        float[][] expected(HostDevice host, DType dtype) {
            float[][] caches = {storedKeys.clone(), storedValues.clone()};
            for (int row = 0; row < places.length; row++) {
                if (places[row] >= 0 && places[row] < capacity()) {
                    System.arraycopy(keys, row * width, caches[0], places[row] * width, width);
                    System.arraycopy(values, row * width, caches[1], places[row] * width, width);
                }
            }
            return new float[][] {DeviceArrays.rounded(host, dtype, caches[0]), DeviceArrays.rounded(host, dtype, caches[1])};
        }
    }

    private static int[] shuffled(int rows, int capacity) {
        List<Integer> all = IntStream.range(0, capacity).boxed().collect(Collectors.toList());
        Collections.shuffle(all);
        return all.stream().limit(rows).mapToInt(Integer::intValue).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void everyRowGoesToItsPlaceToTheBitAndNoOtherIsTouched(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int[] shape : new int[][] {{1, 1, 1}, {7, 12, 9}, {33, 16, 40}, {3, 4104, 5}, {129, 8, 129}}) {
                Problem p = Problem.of(shape[1], shape[2], shuffled(shape[0], shape[2]));
                for (DType dtype : DTYPES) {
                    String what = Arrays.toString(shape) + " " + dtype;
                    float[][] expected = p.expected(host, dtype);
                    assertArrayEquals(expected, p.store(host, host, dtype, 0), what + " on the host");
                    assertArrayEquals(expected, p.store(device, host, dtype, 0), what);
                    assertArrayEquals(expected, p.store(device, host, dtype, 1), what + ", not aligned");
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aRowWhosePlaceIsOutsideIsStoredNowhere(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int width : new int[] {3, 16}) {
                Problem p = Problem.of(width, 4, 2, -1, 4, Integer.MAX_VALUE, Integer.MIN_VALUE, 0);
                assertArrayEquals(p.expected(host, DType.BF16), p.store(device, host, DType.BF16, 0), "width " + width);
            }
        });
    }

    @Test
    void theHostNamesAPlaceOutside() {
        try (HostDevice host = new HostDevice(1)) {
            for (int outside : new int[] {-1, 4}) {
                String message = assertThrows(IllegalArgumentException.class,
                    () -> Problem.of(3, 4, 2, outside).store(host, host, DType.BF16, 0)).getMessage();
                assertTrue(message.contains("row 1") && message.contains(String.valueOf(outside)), message);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void buffersThatDoNotFitAreRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (Device either : List.of(device, host)) {
                try (MemoryScope scope = either.openScope("test")) {
                    CacheStore store = CacheStore.on(either);
                    Buffer places = scope.allocate("places", DType.I32, 2).copyFrom(new int[] {0, 1});
                    Buffer rows = scope.allocate("rows", DType.BF16, 8);
                    Buffer cache = scope.allocate("cache", DType.BF16, 12);
                    Buffer wide = scope.allocate("wide", DType.F32, 12);
                    assertThrows(IllegalArgumentException.class, () -> store.store(2, 4, 4, places, rows, rows, cache, cache));
                    assertThrows(IllegalArgumentException.class, () -> store.store(3, 2, 3, places, rows, rows, cache, cache));
                    assertThrows(IllegalArgumentException.class, () -> store.store(2, 4, 3, places, rows, rows, cache, wide));
                    assertThrows(IllegalArgumentException.class, () -> store.store(2, 4, 3, places, rows, null, cache, cache));
                    assertThrows(IllegalArgumentException.class, () -> store.store(2, 4, 3, rows, rows, rows, cache, cache));
                    store.store(0, 4, 3, places, rows, rows, cache, cache);
                }
            }
        });
    }
}
