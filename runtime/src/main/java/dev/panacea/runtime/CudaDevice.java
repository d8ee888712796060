package dev.panacea.runtime;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.DeviceProperties;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.PrimaryContext;
import dev.panacea.runtime.cuda.Stream;
import java.io.InputStream;
import java.util.function.Function;

/**
 * A CUDA device, real or simulated. Kernels run and memory is handed out in the order of one compute stream. Any platform thread may
 * use it; see {@link PrimaryContext}.
 */
public final class CudaDevice implements Device {
    private final String name;
    private final DeviceProperties properties;
    private final PrimaryContext context;
    private final Stream compute;
    private final CudaBacking backing;
    private final DevicePool pool;
    private final Staging staging;
    private final ModuleCache modules;
    private final DeviceTables tables;
    private final Function<CudaDevice, Blas> blasOpener;
    private Blas blas;
    private boolean closed;

    private CudaDevice(CudaDriver driver, int ordinal, Function<CudaDevice, Blas> blasOpener) {
        name = name(driver, ordinal);
        properties = DeviceProperties.of(driver, ordinal);
        context = new PrimaryContext(driver, ordinal, name);
        compute = new Stream(context);
        backing = new CudaBacking(this, context, compute);
        pool = new DevicePool(this, backing);
        staging = new Staging(context);
        modules = new ModuleCache(context);
        tables = new DeviceTables(pool);
        this.blasOpener = blasOpener;
    }

    /** A device without matrix products. */
    public static CudaDevice open(CudaDriver driver, int ordinal) {
        return open(driver, ordinal, device -> {
            throw new BadInputException("no cuBLAS is bound to " + device + ", so it computes no matrix products; use --device host");
        });
    }

    /**
     * @param blas opens the matrix products at their first use
     * @throws BadInputException when the driver has no such device
     */
    public static CudaDevice open(CudaDriver driver, int ordinal, Function<CudaDevice, Blas> blas) {
        int count = driver.deviceCount();
        if (ordinal < 0 || ordinal >= count) {
            throw new BadInputException("there is no device " + name(driver, ordinal) + ": the driver " + driver.name() + " has " + count
                + (count == 1 ? " device" : " devices") + ", counted from 0");
        }
        return new CudaDevice(driver, ordinal, blas);
    }

    private static String name(CudaDriver driver, int ordinal) {
        boolean simulated = isSimulated(driver);
        return (simulated ? "simulator" : "cuda") + (simulated && ordinal == 0 ? "" : ":" + ordinal);
    }

    private static boolean isSimulated(CudaDriver driver) {
        return driver.name().equals("simulator");
    }

    boolean isSimulated() {
        return isSimulated(context.driver());
    }

    /** Whether it is a card: what a simulated one takes, or one on paper, says nothing. */
    public boolean isHardware() {
        return !isSimulated() && !isOnPaper();
    }

    /** Whether nothing is computed here. */
    boolean isOnPaper() {
        return context.driver().name().equals("paper");
    }

    @Override
    public String name() {
        return name;
    }

    public DeviceProperties properties() {
        return properties;
    }

    /** For streams, events and pinned memory of this device, and for calls of its driver. */
    public PrimaryContext context() {
        return context;
    }

    /** The stream on which kernels run. */
    public Stream computeStream() {
        return compute;
    }

    Staging staging() {
        return staging;
    }

    void copy(long from, long to, long bytes) {
        context.driver().copyOnDevice(to, from, bytes, compute.handle());
    }

    /**
     * A kernel of PTX text or a cubin that is loaded at its first use and stays until the device closes.
     *
     * @param resource what {@code source} finds the code by, and messages call it
     * @param source opens it, null when there is none; usually {@code X.class::getResourceAsStream}
     * @throws BadInputException when there is no such resource, as in a build without nvcc
     */
    public Kernel kernel(String resource, Function<String, InputStream> source, String function, KernelSignature signature) {
        return modules.kernel(resource, source, function, signature);
    }

    /**
     * Integers that kernels on the compute stream read: I32, uploaded at the first of several calls with equal contents. It may be given
     * back once many others were asked for, so a caller asks anew before each launch.
     *
     * @throws IllegalStateException when it has to be uploaded while the compute stream is captured
     */
    public Buffer table(int... values) {
        return tables.of(values);
    }

    /** Memory for work on the compute stream that is captured and replayed; the caller closes it. */
    public ReplayArena openReplayArena() {
        return new ReplayArena(this, backing, pool, tables);
    }

    /** What to throw where this device cannot do yet what the host can. */
    public BadInputException lacks(String what) {
        return new BadInputException(name + " has no " + what + " in this version; use --device host");
    }

    @Override
    public MemoryScope openScope(String scope, long limitBytes) {
        return pool.open(scope, limitBytes);
    }

    @Override
    public synchronized Blas blas() {
        if (blas == null) {
            blas = blasOpener.apply(this);
        }
        return blas;
    }

    /** From now on tells {@code observer}, on the thread that takes or gives back, of every change of what is held. */
    public void observeMemory(MemoryObserver observer) {
        pool.observe(observer);
    }

    @Override
    public void resetPeak() {
        pool.resetPeak();
    }

    @Override
    public MemoryUse memoryUse() {
        return pool.use();
    }

    /** Waits for all work given to this device. */
    public void synchronize() {
        context.driver().synchronize();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        if (backing.hasArenas()) {
            throw new IllegalStateException("device " + name + " closes while a replay arena is open");
        }
        tables.close();
        pool.close();
        closed = true;
        synchronize();
        if (blas != null) {
            blas.close();
        }
        modules.close();
        staging.close();
        compute.close();
        context.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
