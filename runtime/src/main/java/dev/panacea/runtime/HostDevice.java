package dev.panacea.runtime;

import dev.panacea.runtime.bindings.OneDnn;

/** The CPU: host memory, all its cores, and oneDNN for matrix products. */
public final class HostDevice implements Device {
    private final DevicePool pool = new DevicePool(this, new HostBacking());
    private final Workers workers;
    private final HostBlas blas;
    private boolean closed;

    /** A device that uses all cores, or as many as the environment variable {@code PANACEA_THREADS} says. */
    public HostDevice() {
        this(Workers.defaultCount());
    }

    public HostDevice(int threads) {
        workers = new Workers(threads);
        blas = new HostBlas(OneDnn.load(), workers);
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public MemoryScope openScope(String name, long limitBytes) {
        return pool.open(name, limitBytes);
    }

    @Override
    public Blas blas() {
        return blas;
    }

    public Workers workers() {
        return workers;
    }

    @Override
    public void resetPeak() {
        pool.resetPeak();
    }

    @Override
    public MemoryUse memoryUse() {
        return pool.use();
    }

    @Override
    public void close() {
        pool.close();
        if (closed) {
            return;
        }
        closed = true;
        workers.close();
        blas.close();
    }

    @Override
    public String toString() {
        return name();
    }
}
