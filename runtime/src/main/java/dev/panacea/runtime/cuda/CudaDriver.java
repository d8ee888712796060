package dev.panacea.runtime.cuda;

import java.lang.foreign.MemorySegment;

/**
 * The calls of the CUDA driver API that this project needs, typed. Implementations are JCuda, FFM on {@code libcuda.so.1}, and the
 * simulated GPU; all pass the same conformance tests. Device addresses are plain longs, never dereferenced by Java. Calls act on the
 * context that is current on the calling thread. Every call throws {@link CudaException} when the driver refuses it; faults of
 * kernels and asynchronous copies may show at a later call.
 */
public interface CudaDriver {

    /** {@code jcuda}, {@code ffm} or {@code simulator}. */
    String name();

    /** Newest CUDA version that the driver supports, as 1000 · major + 10 · minor. */
    int version();

    // ---- devices and contexts

    int deviceCount();

    String deviceName(int ordinal);

    /** Bytes of memory on the device. */
    long totalMemory(int ordinal);

    int attribute(int ordinal, DeviceAttribute attribute);

    /** The context that this process shares with every other user of the device; to be given back as often as it was taken. */
    CudaContext retainPrimaryContext(int ordinal);

    void releasePrimaryContext(int ordinal);

    /** Makes {@code context} the calling thread's; null for none. */
    void setCurrent(CudaContext context);

    /** Waits for everything given to the current context. */
    void synchronize();

    // ---- memory

    /** Device memory aligned to 256 bytes, contents arbitrary. */
    long allocate(long bytes);

    void free(long address);

    MemoryInfo memoryInfo();

    /** Page-locked host memory, which asynchronous copies need. Lives until {@link #freePinned}. */
    MemorySegment allocatePinned(long bytes);

    void freePinned(MemorySegment segment);

    /**
     * Copies all of {@code from}, native memory, to device address {@code to}, in stream order. {@code from} must stay as it is until
     * then.
     */
    void copyToDevice(long to, MemorySegment from, CudaStream stream);

    /** Fills all of {@code to}, native memory, from device address {@code from}, in stream order. */
    void copyToHost(MemorySegment to, long from, CudaStream stream);

    void copyOnDevice(long to, long from, long bytes, CudaStream stream);

    /** Copies between the memories of two devices. */
    void copyToPeer(long to, CudaContext toContext, long from, CudaContext fromContext, long bytes, CudaStream stream);

    /** Sets {@code count} bytes. */
    void fillBytes(long to, byte value, long count, CudaStream stream);

    /** Sets {@code count} 32-bit words. */
    void fillInts(long to, int value, long count, CudaStream stream);

    boolean canAccessPeer(int ordinal, int peerOrdinal);

    /** Lets kernels of the current context use {@code peer}'s memory; harmless when they already may. */
    void enablePeerAccess(CudaContext peer);

    // ---- streams and events

    /** A stream that does not wait for the default stream. */
    CudaStream createStream();

    void destroy(CudaStream stream);

    void synchronize(CudaStream stream);

    /** Whether everything given to {@code stream} is done. */
    boolean isDone(CudaStream stream);

    /** Lets later work of {@code stream} wait for {@code event}. */
    void waitFor(CudaStream stream, CudaEvent event);

    CudaEvent createEvent(boolean timed);

    void destroy(CudaEvent event);

    void record(CudaEvent event, CudaStream stream);

    void synchronize(CudaEvent event);

    boolean isDone(CudaEvent event);

    float elapsedMilliseconds(CudaEvent start, CudaEvent end);

    // ---- code

    /**
     * Loads PTX text or a cubin into the current context.
     *
     * @param name what messages call it
     * @throws CudaException with the compiler's log, and for PTX its version and target beside the driver's version
     */
    CudaModule load(String name, byte[] image);

    void unload(CudaModule module);

    /** @throws CudaException naming the kernel and the module when there is none of that name */
    CudaFunction function(CudaModule module, String name);

    GlobalVariable global(CudaModule module, String name);

    int attribute(CudaFunction function, FunctionAttribute attribute);

    void setAttribute(CudaFunction function, FunctionAttribute attribute, int value);

    /** Blocks of {@code blockThreads} threads that one multiprocessor can hold at once. */
    int residentBlocks(CudaFunction function, int blockThreads, int dynamicSharedBytes);

    /**
     * Refuses a declared signature that is not the kernel's: cuFuncGetParamInfo, where the driver has it (CUDA 12.4).
     *
     * @throws CudaException naming the kernel, the argument and both sizes
     */
    void check(CudaFunction function, KernelSignature signature);

    /** Gives one launch to {@code stream}. Allocates nothing in drivers that can do so. */
    void launch(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments);

    // ---- graphs

    /** From here on, work given to {@code stream} by this thread is recorded and not run. */
    void beginCapture(CudaStream stream);

    CudaGraph endCapture(CudaStream stream);

    CudaGraphExec instantiate(CudaGraph graph);

    /** Puts {@code graph}'s parameters into {@code executable}; false when its shape differs, and a new one must be instantiated. */
    boolean update(CudaGraphExec executable, CudaGraph graph);

    void launch(CudaGraphExec executable, CudaStream stream);

    void destroy(CudaGraph graph);

    void destroy(CudaGraphExec executable);

    // ---- profiling

    /** Begins the range that an attached profiler records. */
    void startProfiler();

    void stopProfiler();
}
