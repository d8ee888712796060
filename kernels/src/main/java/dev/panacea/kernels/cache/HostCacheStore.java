package dev.panacea.kernels.cache;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link CacheStore} on the cores of the host, by rows. */
final class HostCacheStore implements CacheStore {
    private final Workers workers;

    HostCacheStore(HostDevice device) {
        workers = device.workers();
    }

    @Override
    public void store(int rows, int width, int capacity, Buffer places, Buffer key, Buffer value, Buffer keyCache, Buffer valueCache) {
        DType dtype = Operand.dtype("key", key);
        long count = (long) rows * width;
        long cached = (long) capacity * width;
        MemorySegment keys = Operand.of("key", key, dtype, count);
        MemorySegment values = Operand.of("value", value, dtype, count);
        MemorySegment storedKeys = Operand.of("keyCache", keyCache, dtype, cached);
        MemorySegment storedValues = Operand.of("valueCache", valueCache, dtype, cached);
        int[] targets = checked(rows, capacity, places);
        long bytes = (long) width * dtype.bytes();
        Blocks.ofRows(rows, width).forEach(workers, (block, first, last) -> {
            for (long row = first; row < last; row++) {
                long target = targets[(int) row] * bytes;
                MemorySegment.copy(keys, row * bytes, storedKeys, target, bytes);
                MemorySegment.copy(values, row * bytes, storedValues, target, bytes);
            }
        });
    }

    private static int[] checked(int rows, int capacity, Buffer places) {
        MemorySegment given = Operand.ints("places", places, rows);
        int[] targets = new int[rows];
        for (int row = 0; row < rows; row++) {
            targets[row] = given.getAtIndex(ValueLayout.JAVA_INT, row);
            if (targets[row] < 0 || targets[row] >= capacity) {
                throw new IllegalArgumentException("row " + row + " has the place " + targets[row] + " in a cache of " + capacity
                    + " rows");
            }
        }
        return targets;
    }
}
