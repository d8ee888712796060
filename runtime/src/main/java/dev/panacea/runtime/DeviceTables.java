package dev.panacea.runtime;

import java.nio.IntBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Set;

/**
 * Integers that the host knows and kernels read, such as cumulative lengths: uploaded once for equal contents. The latest few are kept,
 * and those that captured work reads.
 */
final class DeviceTables implements AutoCloseable {
    // a training step asks for a handful, generation for a few more
    private static final int MOST = 64;

    /** One that is uploaded; {@code holders} want it to stay. */
    static final class Table {
        private final Buffer buffer;
        private int holders;

        private Table(Buffer buffer) {
            this.buffer = buffer;
        }
    }

    private final DevicePool pool;
    private final LinkedHashMap<IntBuffer, Table> uploaded = new LinkedHashMap<>(MOST, 0.75f, true);
    private MemoryScope scope;
    private HeldTables holding;

    DeviceTables(DevicePool pool) {
        this.pool = pool;
    }

    synchronized Buffer of(int[] values) {
        Table table = uploaded.get(IntBuffer.wrap(values));
        if (table == null) {
            table = upload(values.clone());
        }
        if (holding != null && holding.add(table)) {
            table.holders++;
        }
        return table.buffer;
    }

    /** Runs {@code work}; the tables that it asks for stay until the result closes. */
    HeldTables heldFor(Runnable work) {
        HeldTables held = new HeldTables(this);
        hold(held);
        try {
            work.run();
            return held;
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        } finally {
            hold(null);
        }
    }

    private synchronized void hold(HeldTables held) {
        holding = held;
    }

    synchronized void release(Set<Table> tables) {
        tables.forEach(table -> table.holders--);
    }

    private Table upload(int[] values) {
        if (scope == null) {
            scope = pool.openLasting("tables");
        }
        makeRoom();
        Table table = new Table(scope.allocate("table", DType.I32, values.length).copyFrom(values));
        uploaded.put(IntBuffer.wrap(values), table);
        return table;
    }

    private void makeRoom() {
        if (uploaded.values().stream().filter(table -> table.holders == 0).count() < MOST) {
            return;
        }
        Iterator<Table> eldestFirst = uploaded.values().iterator();
        Table eldest = eldestFirst.next();
        while (eldest.holders > 0) {
            eldest = eldestFirst.next();
        }
        eldestFirst.remove();
        scope.release(eldest.buffer);
    }

    @Override
    public synchronized void close() {
        if (scope != null) {
            scope.close();
        }
    }
}
