package dev.panacea.runtime;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * To device memory what an {@link java.lang.foreign.Arena} is to host memory: everything allocated in it goes back to the
 * device's pool when it closes, and use after that throws. A training step is one scope. Scopes nest; bytes are counted by name.
 */
public final class MemoryScope implements AutoCloseable {

    /** One piece of memory and who holds it. */
    static final class Allocation {
        private final MemoryScope scope;
        private final String name;
        private final Backing.Block block;
        private final long bytes;
        private final List<StackFrame> site = MemoryDebug.site();
        private volatile boolean alive = true;

        Allocation(MemoryScope scope, String name, Backing.Block block, long bytes) {
            this.scope = scope;
            this.name = name;
            this.block = block;
            this.bytes = bytes;
        }

        MemoryScope scope() {
            return scope;
        }

        String name() {
            return name;
        }

        void checkAlive() {
            if (!alive) {
                throw new IllegalStateException("buffer '" + name + "' of scope '" + scope.name + "' is used after it was closed");
            }
        }

        private String describe() {
            return name + " " + bytes + MemoryDebug.describe(site);
        }
    }

    private final DevicePool pool;
    private final MemoryScope parent;
    private final String name;
    private final long limit;
    private final boolean lasting;
    private final Set<Allocation> allocations = new LinkedHashSet<>();
    private final Set<MemoryScope> children = new LinkedHashSet<>();
    private long held;
    private long peak;
    private boolean open = true;

    MemoryScope(DevicePool pool, MemoryScope parent, String name, long limit, boolean lasting) {
        this.pool = pool;
        this.parent = parent;
        this.name = name;
        this.limit = limit;
        this.lasting = lasting;
    }

    /** A scope inside this one: its bytes count here too, and it must be closed first. */
    public MemoryScope child(String childName) {
        return child(childName, Long.MAX_VALUE);
    }

    public MemoryScope child(String childName, long limitBytes) {
        synchronized (pool) {
            checkOpen();
            MemoryScope child = new MemoryScope(pool, this, childName, limitBytes, lasting);
            children.add(child);
            return child;
        }
    }

    /**
     * Memory for {@code count} elements, contents arbitrary.
     *
     * @param what name under which the bytes are reported
     * @throws OutOfDeviceMemoryException when this scope's or a parent's limit, or the device, has no room; says who holds what
     */
    public Buffer allocate(String what, DType dtype, long count) {
        if (count < 0) {
            throw new IllegalArgumentException("cannot allocate " + count + " elements for '" + what + "'");
        }
        long bytes = Math.multiplyExact(count, (long) dtype.bytes());
        synchronized (pool) {
            checkOpen();
            for (MemoryScope scope = this; scope != null; scope = scope.parent) {
                if (bytes > scope.limit - scope.held) {
                    throw new OutOfDeviceMemoryException(what, bytes, scope);
                }
            }
            Backing.Block block = pool.take(what, bytes, lasting);
            Allocation allocation = new Allocation(this, what, block, bytes);
            allocations.add(allocation);
            count(what, bytes);
            return block.view(allocation, dtype, count);
        }
    }

    /**
     * {@link #allocate} of host memory.
     *
     * @throws BadInputException when this scope is of a CUDA device
     */
    public HostBuffer allocateHost(String what, DType dtype, long count) {
        if (device() instanceof CudaDevice cuda) {
            throw cuda.lacks("host memory for '" + what + "'");
        }
        return HostBuffer.of(allocate(what, dtype, count));
    }

    /** Gives one buffer back before the scope closes; any view of it may then no longer be used. */
    public void release(Buffer buffer) {
        Allocation allocation = switch (buffer) {
            case HostBuffer host -> host.owner();
            case CudaBuffer cuda -> cuda.owner();
        };
        synchronized (pool) {
            allocation.checkAlive();
            if (!allocations.remove(allocation)) {
                throw new IllegalStateException("buffer '" + allocation.name + "' belongs to scope '" + allocation.scope.name
                    + "', not to '" + name + "'");
            }
            free(allocation);
        }
    }

    private void free(Allocation allocation) {
        allocation.alive = false;
        allocation.block.giveBack();
        count(allocation.name, -allocation.bytes);
    }

    private void count(String what, long bytes) {
        for (MemoryScope scope = this; scope != null; scope = scope.parent) {
            scope.held += bytes;
            scope.peak = Math.max(scope.peak, scope.held);
        }
        pool.count(this, what, bytes);
    }

    public String name() {
        return name;
    }

    /** The scope that this one lies in; null for a device's own. */
    public MemoryScope parent() {
        return parent;
    }

    public Device device() {
        return pool.device();
    }

    /** Bytes held now, children counted in. */
    public long heldBytes() {
        synchronized (pool) {
            return held;
        }
    }

    /** Most bytes held at once, children counted in. */
    public long peakBytes() {
        synchronized (pool) {
            return peak;
        }
    }

    public long limitBytes() {
        return limit;
    }

    /** One line a scope and its largest holders, for reports. */
    public String report() {
        synchronized (pool) {
            StringBuilder text = new StringBuilder();
            report(text, "");
            return text.toString();
        }
    }

    private void report(StringBuilder text, String indent) {
        text.append(indent).append(name).append(": ").append(held).append(" bytes");
        List<Allocation> largest = new ArrayList<>(allocations);
        largest.sort((a, b) -> Long.compare(b.bytes, a.bytes));
        largest.stream().limit(5).forEach(a -> text.append("\n").append(indent).append("  ").append(a.describe()));
        for (MemoryScope child : children) {
            text.append('\n');
            child.report(text, indent + "  ");
        }
    }

    private void checkOpen() {
        if (!open) {
            throw new IllegalStateException("memory scope '" + name + "' is closed");
        }
    }

    /**
     * Gives everything back to the pool. Closing twice is harmless.
     *
     * @throws IllegalStateException when a child scope is still open: a leak, reported with its holders
     */
    @Override
    public void close() {
        synchronized (pool) {
            if (!open) {
                return;
            }
            if (!children.isEmpty()) {
                throw new IllegalStateException("memory scope '" + name + "' closes while scopes inside it are open:\n" + report());
            }
            allocations.forEach(this::free);
            allocations.clear();
            open = false;
            if (parent == null) {
                pool.closed(this);
            } else {
                parent.children.remove(this);
            }
        }
    }
}
