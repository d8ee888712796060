package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.LibCuda;
import dev.panacea.runtime.bindings.LibCudaCode;
import dev.panacea.runtime.bindings.LibCudaDevices;
import dev.panacea.runtime.bindings.LibCudaGraphs;
import dev.panacea.runtime.bindings.LibCudaMemory;
import dev.panacea.runtime.bindings.LibCudaStreams;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongToIntFunction;

/** The driver through foreign functions on {@code libcuda.so.1}; a launch allocates nothing. */
public final class FfmDriver extends NativeDriver {
    private static final int LONGEST_NAME = 256;

    private final LibCudaDevices devices;
    private final LibCudaMemory memory;
    private final LibCudaStreams streams;
    private final LibCudaCode code;
    private final LibCudaGraphs graphs;

    FfmDriver(LibCuda library) {
        super(library);
        devices = library.devices();
        memory = library.memory();
        streams = library.streams();
        code = library.code();
        graphs = library.graphs();
    }

    /**
     * On the installed library, or the one that {@code panacea.libcuda} names.
     *
     * @throws dev.panacea.runtime.bindings.MissingLibraryException when there is none
     * @throws CudaException when the driver cannot start, mostly since no GPU is there
     */
    public static FfmDriver load() {
        return new FfmDriver(LibCuda.load());
    }

    /** The value that {@code call} writes to the address it is given. */
    private int intFrom(String name, LongToIntFunction call) {
        return (int) longFrom(name, call);
    }

    private long longFrom(String name, LongToIntFunction call) {
        return longFrom(name, call, "");
    }

    private long longFrom(String name, LongToIntFunction call, String detail) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            errors().check(name, call.applyAsInt(out.address()), detail);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    @Override
    public String name() {
        return "ffm";
    }

    // ---- devices and contexts

    @Override
    public int deviceCount() {
        return intFrom("cuDeviceGetCount", devices::cuDeviceGetCount);
    }

    private int device(int ordinal) {
        return (int) longFrom("cuDeviceGet", out -> devices.cuDeviceGet(out, ordinal), "device " + ordinal);
    }

    @Override
    public String deviceName(int ordinal) {
        int device = device(ordinal);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(LONGEST_NAME);
            errors().check("cuDeviceGetName", devices.cuDeviceGetName(name.address(), LONGEST_NAME, device));
            return name.getString(0);
        }
    }

    @Override
    public long totalMemory(int ordinal) {
        int device = device(ordinal);
        return longFrom("cuDeviceTotalMem_v2", out -> devices.cuDeviceTotalMem(out, device));
    }

    @Override
    public int attribute(int ordinal, DeviceAttribute attribute) {
        int device = device(ordinal);
        return (int) longFrom("cuDeviceGetAttribute", out -> devices.cuDeviceGetAttribute(out, attribute.code(), device),
            attribute.toString());
    }

    @Override
    public CudaContext retainPrimaryContext(int ordinal) {
        int device = device(ordinal);
        return new CudaContext(longFrom("cuDevicePrimaryCtxRetain", out -> devices.cuDevicePrimaryCtxRetain(out, device)));
    }

    @Override
    public void releasePrimaryContext(int ordinal) {
        errors().check("cuDevicePrimaryCtxRelease_v2", devices.cuDevicePrimaryCtxRelease(device(ordinal)));
    }

    @Override
    public void setCurrent(CudaContext context) {
        errors().check("cuCtxSetCurrent", devices.cuCtxSetCurrent(context == null ? 0 : context.handle()));
    }

    @Override
    public void synchronize() {
        errors().check("cuCtxSynchronize", devices.cuCtxSynchronize());
    }

    // ---- memory

    @Override
    public long allocate(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            int status = memory.cuMemAlloc(out.address(), bytes);
            if (status != NativeErrors.SUCCESS) {
                throw notAllocated(status, bytes);
            }
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    @Override
    public void free(long address) {
        errors().check("cuMemFree_v2", memory.cuMemFree(address));
    }

    @Override
    public void copyToDevice(long to, MemorySegment from, CudaStream stream) {
        errors().check("cuMemcpyHtoDAsync_v2",
            memory.cuMemcpyHtoDAsync(to, HostMemory.readable(from), from.byteSize(), stream.handle()));
    }

    @Override
    public void copyToHost(MemorySegment to, long from, CudaStream stream) {
        errors().check("cuMemcpyDtoHAsync_v2", memory.cuMemcpyDtoHAsync(HostMemory.writable(to), from, to.byteSize(), stream.handle()));
    }

    @Override
    public void copyOnDevice(long to, long from, long bytes, CudaStream stream) {
        errors().check("cuMemcpyDtoDAsync_v2", memory.cuMemcpyDtoDAsync(to, from, bytes, stream.handle()));
    }

    @Override
    public void copyToPeer(long to, CudaContext toContext, long from, CudaContext fromContext, long bytes, CudaStream stream) {
        errors().check("cuMemcpyPeerAsync",
            memory.cuMemcpyPeerAsync(to, toContext.handle(), from, fromContext.handle(), bytes, stream.handle()));
    }

    @Override
    public void fillBytes(long to, byte value, long count, CudaStream stream) {
        errors().check("cuMemsetD8Async", memory.cuMemsetD8Async(to, value, count, stream.handle()));
    }

    @Override
    public void fillInts(long to, int value, long count, CudaStream stream) {
        errors().check("cuMemsetD32Async", memory.cuMemsetD32Async(to, value, count, stream.handle()));
    }

    @Override
    public boolean canAccessPeer(int ordinal, int peerOrdinal) {
        int device = device(ordinal);
        int peer = device(peerOrdinal);
        return intFrom("cuDeviceCanAccessPeer", out -> devices.cuDeviceCanAccessPeer(out, device, peer)) != 0;
    }

    @Override
    public void enablePeerAccess(CudaContext peer) {
        int status = devices.cuCtxEnablePeerAccess(peer.handle(), 0);
        if (status != CudaError.PEER_ACCESS_ALREADY_ENABLED.code()) {
            errors().check("cuCtxEnablePeerAccess", status);
        }
    }

    // ---- streams and events

    @Override
    public CudaStream createStream() {
        return new CudaStream(longFrom("cuStreamCreate", out -> streams.cuStreamCreate(out, DriverFlags.STREAM_NON_BLOCKING)));
    }

    @Override
    public void destroy(CudaStream stream) {
        errors().check("cuStreamDestroy_v2", streams.cuStreamDestroy(stream.handle()));
    }

    @Override
    public void synchronize(CudaStream stream) {
        errors().check("cuStreamSynchronize", streams.cuStreamSynchronize(stream.handle()));
    }

    @Override
    public boolean isDone(CudaStream stream) {
        return errors().isDone("cuStreamQuery", streams.cuStreamQuery(stream.handle()));
    }

    @Override
    public void waitFor(CudaStream stream, CudaEvent event) {
        errors().check("cuStreamWaitEvent", streams.cuStreamWaitEvent(stream.handle(), event.handle(), 0));
    }

    @Override
    public CudaEvent createEvent(boolean timed) {
        int flags = timed ? DriverFlags.EVENT_TIMED : DriverFlags.EVENT_UNTIMED;
        return new CudaEvent(longFrom("cuEventCreate", out -> streams.cuEventCreate(out, flags)));
    }

    @Override
    public void destroy(CudaEvent event) {
        errors().check("cuEventDestroy_v2", streams.cuEventDestroy(event.handle()));
    }

    @Override
    public void record(CudaEvent event, CudaStream stream) {
        errors().check("cuEventRecord", streams.cuEventRecord(event.handle(), stream.handle()));
    }

    @Override
    public void synchronize(CudaEvent event) {
        errors().check("cuEventSynchronize", streams.cuEventSynchronize(event.handle()));
    }

    @Override
    public boolean isDone(CudaEvent event) {
        return errors().isDone("cuEventQuery", streams.cuEventQuery(event.handle()));
    }

    @Override
    public float elapsedMilliseconds(CudaEvent start, CudaEvent end) {
        return Float.intBitsToFloat(intFrom("cuEventElapsedTime", out -> streams.cuEventElapsedTime(out, start.handle(), end.handle())));
    }

    // ---- code

    @Override
    public CudaModule load(String name, byte[] image) {
        try (Arena arena = Arena.ofConfined()) {
            ModuleImage prepared = new ModuleImage(name, image, arena);
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            int status = code.cuModuleLoadDataEx(out.address(), prepared.address(), ModuleImage.OPTIONS.length, prepared.options(),
                prepared.values());
            if (status != NativeErrors.SUCCESS) {
                throw prepared.refused(errors(), status, version());
            }
            return new CudaModule(out.get(ValueLayout.JAVA_LONG, 0), name, prepared.log());
        }
    }

    @Override
    public void unload(CudaModule module) {
        errors().check("cuModuleUnload", code.cuModuleUnload(module.handle()), module.name());
    }

    @Override
    public CudaFunction function(CudaModule module, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long text = arena.allocateFrom(name).address();
            long handle = longFrom("cuModuleGetFunction", out -> code.cuModuleGetFunction(out, module.handle(), text),
                "kernel " + name + " of module " + module.name());
            return new CudaFunction(handle, name);
        }
    }

    @Override
    public GlobalVariable global(CudaModule module, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
            int status = code.cuModuleGetGlobal(out.address(), out.address() + Long.BYTES, module.handle(),
                arena.allocateFrom(name).address());
            errors().check("cuModuleGetGlobal_v2", status, "variable " + name + " of module " + module.name());
            return new GlobalVariable(out.getAtIndex(ValueLayout.JAVA_LONG, 0), out.getAtIndex(ValueLayout.JAVA_LONG, 1));
        }
    }

    @Override
    public int attribute(CudaFunction function, FunctionAttribute attribute) {
        return (int) longFrom("cuFuncGetAttribute", out -> code.cuFuncGetAttribute(out, attribute.code(), function.handle()),
            attribute + " of kernel " + function.name());
    }

    @Override
    public void setAttribute(CudaFunction function, FunctionAttribute attribute, int value) {
        errors().check("cuFuncSetAttribute", code.cuFuncSetAttribute(function.handle(), attribute.code(), value),
            attribute + " of kernel " + function.name() + " to " + value);
    }

    @Override
    public int residentBlocks(CudaFunction function, int blockThreads, int dynamicSharedBytes) {
        return (int) longFrom("cuOccupancyMaxActiveBlocksPerMultiprocessor",
            out -> code.cuOccupancyMaxActiveBlocksPerMultiprocessor(out, function.handle(), blockThreads, dynamicSharedBytes),
            "kernel " + function.name());
    }

    @Override
    int launchPlainly(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        Dimensions grid = geometry.grid();
        Dimensions block = geometry.block();
        return code.cuLaunchKernel(function.handle(), grid.x(), grid.y(), grid.z(), block.x(), block.y(), block.z(),
            geometry.dynamicSharedBytes(), stream.handle(), arguments.table(), 0);
    }

    @Override
    int launchCooperatively(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        Dimensions grid = geometry.grid();
        Dimensions block = geometry.block();
        return code.cuLaunchCooperativeKernel(function.handle(), grid.x(), grid.y(), grid.z(), block.x(), block.y(), block.z(),
            geometry.dynamicSharedBytes(), stream.handle(), arguments.table());
    }

    // ---- graphs

    @Override
    public void beginCapture(CudaStream stream) {
        errors().check("cuStreamBeginCapture_v2", graphs.cuStreamBeginCapture(stream.handle(), DriverFlags.CAPTURE_THREAD_LOCAL));
    }

    @Override
    public CudaGraph endCapture(CudaStream stream) {
        return new CudaGraph(longFrom("cuStreamEndCapture", out -> graphs.cuStreamEndCapture(stream.handle(), out)));
    }

    @Override
    public CudaGraphExec instantiate(CudaGraph graph) {
        return new CudaGraphExec(longFrom("cuGraphInstantiateWithFlags", out -> graphs.cuGraphInstantiate(out, graph.handle(), 0)));
    }

    @Override
    public void launch(CudaGraphExec executable, CudaStream stream) {
        errors().check("cuGraphLaunch", graphs.cuGraphLaunch(executable.handle(), stream.handle()));
    }

    @Override
    public void destroy(CudaGraph graph) {
        errors().check("cuGraphDestroy", graphs.cuGraphDestroy(graph.handle()));
    }

    @Override
    public void destroy(CudaGraphExec executable) {
        errors().check("cuGraphExecDestroy", graphs.cuGraphExecDestroy(executable.handle()));
    }
}
