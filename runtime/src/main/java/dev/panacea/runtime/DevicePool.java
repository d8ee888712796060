package dev.panacea.runtime;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The accounts behind a device's scopes: who holds how much of the memory that a {@link Backing} hands out. All under one lock. */
final class DevicePool {
    private final Device device;
    private final Backing backing;
    private final Set<MemoryScope> roots = new LinkedHashSet<>();
    private MemoryObserver observer = (scope, name, bytes) -> { };
    private long held;
    private long peak;
    private boolean closed;

    DevicePool(Device device, Backing backing) {
        this.device = device;
        this.backing = backing;
    }

    Device device() {
        return device;
    }

    MemoryScope open(String name, long limit) {
        return open(name, limit, false);
    }

    /** A scope for what outlives the work that asks for it. */
    MemoryScope openLasting(String name) {
        return open(name, Long.MAX_VALUE, true);
    }

    private synchronized MemoryScope open(String name, long limit, boolean lasting) {
        if (closed) {
            throw new IllegalStateException("device " + device.name() + " is closed");
        }
        MemoryScope scope = new MemoryScope(this, null, name, limit, lasting);
        roots.add(scope);
        return scope;
    }

    void closed(MemoryScope root) {
        roots.remove(root);
    }

    /** @param what it is for, for the message when there is no room */
    Backing.Block take(String what, long bytes, boolean lasting) {
        Backing.Block block = backing.take(bytes, lasting);
        if (block == null) {
            throw new OutOfDeviceMemoryException(what, bytes, device, use(), backing.room(), report());
        }
        return block;
    }

    void count(MemoryScope scope, String name, long bytes) {
        held += bytes;
        peak = Math.max(peak, held);
        observer.changed(scope, name, bytes);
    }

    synchronized void observe(MemoryObserver other) {
        observer = other;
    }

    synchronized MemoryUse use() {
        return new MemoryUse(held, peak, backing.reservedBytes(), backing.freeBytes(), backing.largestFreeBytes());
    }

    synchronized void resetPeak() {
        peak = held;
    }

    /** Every open scope with its largest holders. */
    private String report() {
        return roots.stream().map(MemoryScope::report).collect(Collectors.joining("\n"));
    }

    synchronized void close() {
        if (!roots.isEmpty()) {
            throw new IllegalStateException("device " + device.name() + " closes while memory scopes are open:\n" + report());
        }
        backing.trim();
        closed = true;
    }
}
