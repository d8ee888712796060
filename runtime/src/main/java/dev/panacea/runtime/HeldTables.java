package dev.panacea.runtime;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Tables of a {@link CudaDevice} that stay where they are until this closes, as captured work reads them at every replay. */
public final class HeldTables implements AutoCloseable {
    private final DeviceTables owner;
    private final Set<DeviceTables.Table> tables = Collections.newSetFromMap(new IdentityHashMap<>());

    HeldTables(DeviceTables owner) {
        this.owner = owner;
    }

    /** Whether {@code table} was not among them yet. */
    boolean add(DeviceTables.Table table) {
        return tables.add(table);
    }

    /** Closing twice is harmless. */
    @Override
    public void close() {
        owner.release(tables);
        tables.clear();
    }
}
