package dev.panacea.runtime.cuda;

/**
 * One device's primary context with the driver that gave it. The driver acts on the context that is current on the calling thread, so
 * every call goes through {@link #driver()}, which makes this one current; where it already is, that costs one thread-local read.
 * Work for a device is given by platform threads only: a virtual thread may change its carrier between two calls.
 * Nothing else calls {@link CudaDriver#setCurrent} on a thread that works for a device.
 */
public final class PrimaryContext implements AutoCloseable {
    private static final ThreadLocal<PrimaryContext> CURRENT = new ThreadLocal<>();

    private final CudaDriver driver;
    private final int ordinal;
    private final String name;
    private final CudaContext context;
    private volatile boolean open = true;

    /** @param name of the device, for messages */
    public PrimaryContext(CudaDriver driver, int ordinal, String name) {
        this.driver = driver;
        this.ordinal = ordinal;
        this.name = name;
        refuseVirtualThread();
        context = driver.retainPrimaryContext(ordinal);
    }

    /**
     * The driver, with this context current on the calling thread.
     *
     * @throws IllegalStateException on a virtual thread, and after {@link #close}
     */
    public CudaDriver driver() {
        if (!open) {
            throw new IllegalStateException("device " + name + " is closed");
        }
        if (CURRENT.get() != this) {
            refuseVirtualThread();
            driver.setCurrent(context);
            CURRENT.set(this);
        }
        return driver;
    }

    /** A property of the device. */
    int attribute(DeviceAttribute attribute) {
        return driver().attribute(ordinal, attribute);
    }

    /** The context itself, for calls that name one. */
    public CudaContext handle() {
        return context;
    }

    /** Whether {@code other}'s memory and events mean something here. */
    public boolean sharesDriverWith(PrimaryContext other) {
        return driver == other.driver;
    }

    private void refuseVirtualThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("device " + name + " is used by a virtual thread, but a CUDA context belongs to a platform "
                + "thread; use Thread.ofPlatform()");
        }
    }

    /** Gives the context back. Closing twice is harmless. */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        if (CURRENT.get() == this) {
            driver.setCurrent(null);
            CURRENT.remove();
        }
        driver.releasePrimaryContext(ordinal);
    }

    @Override
    public String toString() {
        return name;
    }
}
