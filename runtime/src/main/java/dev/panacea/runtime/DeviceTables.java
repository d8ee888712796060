package dev.panacea.runtime;

import java.nio.IntBuffer;
import java.util.LinkedHashMap;

/** Integers that the host knows and kernels read, such as cumulative lengths: uploaded once for equal contents, the latest few kept. */
final class DeviceTables implements AutoCloseable {
    // a training step asks for a handful, generation for a few more
    private static final int MOST = 64;

    private final DevicePool pool;
    private final LinkedHashMap<IntBuffer, Buffer> uploaded = new LinkedHashMap<>(MOST, 0.75f, true);
    private MemoryScope scope;

    DeviceTables(DevicePool pool) {
        this.pool = pool;
    }

    synchronized Buffer of(int[] values) {
        Buffer table = uploaded.get(IntBuffer.wrap(values));
        return table == null ? upload(values.clone()) : table;
    }

    private Buffer upload(int[] values) {
        if (scope == null) {
            scope = pool.open("tables", Long.MAX_VALUE);
        }
        if (uploaded.size() == MOST) {
            scope.release(uploaded.pollFirstEntry().getValue());
        }
        Buffer table = scope.allocate("table", DType.I32, values.length).copyFrom(values);
        uploaded.put(IntBuffer.wrap(values), table);
        return table;
    }

    @Override
    public synchronized void close() {
        if (scope != null) {
            scope.close();
        }
    }
}
