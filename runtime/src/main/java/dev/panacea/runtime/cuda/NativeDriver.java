package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.LibCuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What both native drivers do by foreign functions: what JCuda lacks (launches in clusters, updates of graphs, sizes of parameters),
 * and pinned memory, of which JCuda makes a ByteBuffer that ends at 2 GiB.
 */
abstract sealed class NativeDriver implements CudaDriver permits FfmDriver, JCudaDriver {
    /** CUgraphExecUpdateResultInfo: an int and two handles. */
    private static final int UPDATE_RESULT_BYTES = 24;

    private final LibCuda library;
    private final NativeErrors errors;
    private final ClusterLaunch clusters;
    private final ParameterSizes parameters;
    private final boolean synchronous = Boolean.getBoolean(NativeErrors.SYNCHRONOUS_PROPERTY);
    private final int version;

    NativeDriver(LibCuda library) {
        this.library = library;
        errors = new NativeErrors(library);
        clusters = new ClusterLaunch(library);
        parameters = new ParameterSizes(library, errors);
        errors.check("cuInit", library.devices().cuInit(0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            errors.check("cuDriverGetVersion", library.devices().cuDriverGetVersion(out.address()));
            version = out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    final NativeErrors errors() {
        return errors;
    }

    @Override
    public final int version() {
        return version;
    }

    // ---- memory

    @Override
    public final MemoryInfo memoryInfo() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
            errors.check("cuMemGetInfo_v2", library.memory().cuMemGetInfo(out.address(), out.address() + Long.BYTES));
            return new MemoryInfo(out.getAtIndex(ValueLayout.JAVA_LONG, 0), out.getAtIndex(ValueLayout.JAVA_LONG, 1));
        }
    }

    /** Why {@code bytes} of device memory were not given. */
    final CudaException notAllocated(int status, long bytes) {
        String detail = bytes + " bytes asked for";
        if (status == CudaError.OUT_OF_MEMORY.code()) {
            MemoryInfo info = memoryInfo();
            detail += ", " + info.free() + " of " + info.total() + " free";
        }
        return errors.of("cuMemAlloc_v2", status, detail);
    }

    @Override
    public final MemorySegment allocatePinned(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            errors.check("cuMemHostAlloc", library.memory().cuMemHostAlloc(out.address(), bytes, DriverFlags.HOST_PORTABLE),
                bytes + " bytes of page-locked host memory asked for");
            return out.get(ValueLayout.ADDRESS, 0).reinterpret(bytes);
        }
    }

    @Override
    public final void freePinned(MemorySegment segment) {
        errors.check("cuMemFreeHost", library.memory().cuMemFreeHost(segment.address()));
    }

    // ---- launches

    @Override
    public final void check(CudaFunction function, KernelSignature signature) {
        parameters.check(function, signature);
    }

    @Override
    public final void launch(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        int status = give(function, geometry, stream, arguments);
        if (status != NativeErrors.SUCCESS) {
            throw errors.ofLaunch(call(geometry), status, function, geometry, arguments);
        }
        if (synchronous) {
            waitForKernel(function, geometry, stream, arguments);
        }
    }

    private int give(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        if (inClusters(geometry)) {
            return clusters.launch(function, geometry, stream, arguments);
        }
        return geometry.cooperative() ? launchCooperatively(function, geometry, stream, arguments)
            : launchPlainly(function, geometry, stream, arguments);
    }

    private static boolean inClusters(LaunchGeometry geometry) {
        return geometry.cluster().count() != 1;
    }

    private static String call(LaunchGeometry geometry) {
        if (inClusters(geometry)) {
            return ClusterLaunch.CALL;
        }
        return geometry.cooperative() ? "cuLaunchCooperativeKernel" : "cuLaunchKernel";
    }

    /** The status of cuLaunchKernel. */
    abstract int launchPlainly(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments);

    /** The status of cuLaunchCooperativeKernel. */
    abstract int launchCooperatively(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments);

    /** Waits for what was launched last, unless it is being captured, and tells its fault as that launch's. */
    private void waitForKernel(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        if (isCapturing(stream)) {
            return;
        }
        int status = library.streams().cuStreamSynchronize(stream.handle());
        if (status != NativeErrors.SUCCESS) {
            throw errors.ofLaunch("cuStreamSynchronize", status, function, geometry, arguments);
        }
    }

    private boolean isCapturing(CudaStream stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            errors.check("cuStreamIsCapturing", library.graphs().cuStreamIsCapturing(stream.handle(), out.address()));
            return out.get(ValueLayout.JAVA_INT, 0) != 0;
        }
    }

    // ---- graphs

    /** False also where the driver has no such call, before CUDA 12: a new graph is then as good. */
    @Override
    public final boolean update(CudaGraphExec executable, CudaGraph graph) {
        if (!library.graphs().hasGraphExecUpdate()) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(UPDATE_RESULT_BYTES, Long.BYTES);
            int status = library.graphs().cuGraphExecUpdate(executable.handle(), graph.handle(), result.address());
            if (status == CudaError.GRAPH_EXEC_UPDATE_FAILURE.code()) {
                return false;
            }
            errors.check("cuGraphExecUpdate_v2", status);
            return true;
        }
    }

    // ---- profiling

    @Override
    public final void startProfiler() {
        errors.check("cuProfilerStart", library.devices().cuProfilerStart());
    }

    @Override
    public final void stopProfiler() {
        errors.check("cuProfilerStop", library.devices().cuProfilerStop());
    }
}
