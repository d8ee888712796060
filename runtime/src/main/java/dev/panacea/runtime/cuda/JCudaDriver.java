package dev.panacea.runtime.cuda;

import static jcuda.driver.JCudaDriver.cuCtxEnablePeerAccess;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuDeviceCanAccessPeer;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuLaunchCooperativeKernel;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyPeerAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleGetGlobal;
import static jcuda.driver.JCudaDriver.cuModuleLoadDataEx;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import dev.panacea.runtime.bindings.JCudaLibrary;
import dev.panacea.runtime.bindings.LibCuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;

/**
 * The driver through JCuda. Cluster launches, graph updates, parameter sizes and pinned memory, which JCuda lacks or makes wrong, go by
 * foreign functions to the same library.
 */
public final class JCudaDriver extends NativeDriver {
    private static final int LONGEST_NAME = 256;


    private final JCudaObjects objects = new JCudaObjects();

    JCudaDriver(LibCuda library) {
        JCudaLibrary.load();
        super(library);
    }

    /**
     * Loads JCuda's native library, which finds the installed libcuda.so.1, or the one that {@code panacea.libcuda} names.
     *
     * @throws dev.panacea.runtime.bindings.MissingLibraryException when either library does not load
     * @throws CudaException when the driver cannot start, mostly since no GPU is there
     */
    public static JCudaDriver load() {
        return new JCudaDriver(LibCuda.load());
    }

    private static CUdeviceptr at(long address) {
        return new JCudaHandles.DeviceAddress(address);
    }

    private CUdevice device(int ordinal) {
        CUdevice device = new CUdevice();
        errors().check("cuDeviceGet", cuDeviceGet(device, ordinal), "device " + ordinal);
        return device;
    }

    @Override
    public String name() {
        return "jcuda";
    }

    // ---- devices and contexts

    @Override
    public int deviceCount() {
        int[] out = new int[1];
        errors().check("cuDeviceGetCount", cuDeviceGetCount(out));
        return out[0];
    }

    @Override
    public String deviceName(int ordinal) {
        byte[] name = new byte[LONGEST_NAME];
        errors().check("cuDeviceGetName", cuDeviceGetName(name, LONGEST_NAME, device(ordinal)));
        return MemorySegment.ofArray(name).getString(0);
    }

    @Override
    public long totalMemory(int ordinal) {
        long[] out = new long[1];
        errors().check("cuDeviceTotalMem_v2", cuDeviceTotalMem(out, device(ordinal)));
        return out[0];
    }

    @Override
    public int attribute(int ordinal, DeviceAttribute attribute) {
        int[] out = new int[1];
        errors().check("cuDeviceGetAttribute", cuDeviceGetAttribute(out, attribute.code(), device(ordinal)), attribute.toString());
        return out[0];
    }

    @Override
    public CudaContext retainPrimaryContext(int ordinal) {
        var context = new JCudaHandles.Context();
        errors().check("cuDevicePrimaryCtxRetain", cuDevicePrimaryCtxRetain(context, device(ordinal)));
        return new CudaContext(objects.contexts().add(context));
    }

    @Override
    public void releasePrimaryContext(int ordinal) {
        errors().check("cuDevicePrimaryCtxRelease_v2", cuDevicePrimaryCtxRelease(device(ordinal)));
    }

    @Override
    public void setCurrent(CudaContext context) {
        errors().check("cuCtxSetCurrent", cuCtxSetCurrent(objects.of(context)));
    }

    @Override
    public void synchronize() {
        errors().check("cuCtxSynchronize", cuCtxSynchronize());
    }

    // ---- memory

    @Override
    public long allocate(long bytes) {
        var out = new JCudaHandles.DeviceAddress();
        int status = cuMemAlloc(out, bytes);
        if (status != NativeErrors.SUCCESS) {
            throw notAllocated(status, bytes);
        }
        return out.address();
    }

    @Override
    public void free(long address) {
        errors().check("cuMemFree_v2", cuMemFree(at(address)));
    }

    @Override
    public void copyToDevice(long to, MemorySegment from, CudaStream stream) {
        var host = new JCudaHandles.HostAddress(HostMemory.readable(from));
        errors().check("cuMemcpyHtoDAsync_v2", cuMemcpyHtoDAsync(at(to), host, from.byteSize(), objects.of(stream)));
    }

    @Override
    public void copyToHost(MemorySegment to, long from, CudaStream stream) {
        var host = new JCudaHandles.HostAddress(HostMemory.writable(to));
        errors().check("cuMemcpyDtoHAsync_v2", cuMemcpyDtoHAsync(host, at(from), to.byteSize(), objects.of(stream)));
    }

    @Override
    public void copyOnDevice(long to, long from, long bytes, CudaStream stream) {
        errors().check("cuMemcpyDtoDAsync_v2", cuMemcpyDtoDAsync(at(to), at(from), bytes, objects.of(stream)));
    }

    @Override
    public void copyToPeer(long to, CudaContext toContext, long from, CudaContext fromContext, long bytes, CudaStream stream) {
        errors().check("cuMemcpyPeerAsync",
            cuMemcpyPeerAsync(at(to), objects.of(toContext), at(from), objects.of(fromContext), bytes, objects.of(stream)));
    }

    @Override
    public void fillBytes(long to, byte value, long count, CudaStream stream) {
        errors().check("cuMemsetD8Async", cuMemsetD8Async(at(to), value, count, objects.of(stream)));
    }

    @Override
    public void fillInts(long to, int value, long count, CudaStream stream) {
        errors().check("cuMemsetD32Async", cuMemsetD32Async(at(to), value, count, objects.of(stream)));
    }

    @Override
    public boolean canAccessPeer(int ordinal, int peerOrdinal) {
        int[] out = new int[1];
        errors().check("cuDeviceCanAccessPeer", cuDeviceCanAccessPeer(out, device(ordinal), device(peerOrdinal)));
        return out[0] != 0;
    }

    @Override
    public void enablePeerAccess(CudaContext peer) {
        int status = cuCtxEnablePeerAccess(objects.of(peer), 0);
        if (status != CudaError.PEER_ACCESS_ALREADY_ENABLED.code()) {
            errors().check("cuCtxEnablePeerAccess", status);
        }
    }

    // ---- streams and events

    @Override
    public CudaStream createStream() {
        var stream = new JCudaHandles.Stream();
        errors().check("cuStreamCreate", cuStreamCreate(stream, DriverFlags.STREAM_NON_BLOCKING));
        return new CudaStream(objects.streams().add(stream));
    }

    @Override
    public void destroy(CudaStream stream) {
        errors().check("cuStreamDestroy_v2", cuStreamDestroy(objects.of(stream)));
        objects.streams().remove(stream.handle());
    }

    @Override
    public void synchronize(CudaStream stream) {
        errors().check("cuStreamSynchronize", cuStreamSynchronize(objects.of(stream)));
    }

    @Override
    public boolean isDone(CudaStream stream) {
        return errors().isDone("cuStreamQuery", cuStreamQuery(objects.of(stream)));
    }

    @Override
    public void waitFor(CudaStream stream, CudaEvent event) {
        errors().check("cuStreamWaitEvent", cuStreamWaitEvent(objects.of(stream), objects.of(event), 0));
    }

    @Override
    public CudaEvent createEvent(boolean timed) {
        var event = new JCudaHandles.Event();
        errors().check("cuEventCreate", cuEventCreate(event, timed ? DriverFlags.EVENT_TIMED : DriverFlags.EVENT_UNTIMED));
        return new CudaEvent(objects.events().add(event));
    }

    @Override
    public void destroy(CudaEvent event) {
        errors().check("cuEventDestroy_v2", cuEventDestroy(objects.of(event)));
        objects.events().remove(event.handle());
    }

    @Override
    public void record(CudaEvent event, CudaStream stream) {
        errors().check("cuEventRecord", cuEventRecord(objects.of(event), objects.of(stream)));
    }

    @Override
    public void synchronize(CudaEvent event) {
        errors().check("cuEventSynchronize", cuEventSynchronize(objects.of(event)));
    }

    @Override
    public boolean isDone(CudaEvent event) {
        return errors().isDone("cuEventQuery", cuEventQuery(objects.of(event)));
    }

    @Override
    public float elapsedMilliseconds(CudaEvent start, CudaEvent end) {
        float[] out = new float[1];
        errors().check("cuEventElapsedTime", cuEventElapsedTime(out, objects.of(start), objects.of(end)));
        return out[0];
    }

    // ---- code

    @Override
    public CudaModule load(String name, byte[] image) {
        try (Arena arena = Arena.ofConfined()) {
            ModuleImage prepared = new ModuleImage(name, image, arena);
            var module = new JCudaHandles.Module();
            int status = cuModuleLoadDataEx(module, new JCudaHandles.HostAddress(prepared.address()), ModuleImage.OPTIONS.length,
                ModuleImage.OPTIONS, new JCudaHandles.HostAddress(prepared.values()));
            if (status != NativeErrors.SUCCESS) {
                throw prepared.refused(errors(), status, version());
            }
            return new CudaModule(objects.modules().add(module), name, prepared.log());
        }
    }

    @Override
    public void unload(CudaModule module) {
        errors().check("cuModuleUnload", cuModuleUnload(objects.of(module)), module.name());
        objects.modules().remove(module.handle());
    }

    @Override
    public CudaFunction function(CudaModule module, String name) {
        var function = new JCudaHandles.Function();
        errors().check("cuModuleGetFunction", cuModuleGetFunction(function, objects.of(module), name),
            "kernel " + name + " of module " + module.name());
        return new CudaFunction(objects.functions().add(function), name);
    }

    @Override
    public GlobalVariable global(CudaModule module, String name) {
        var out = new JCudaHandles.DeviceAddress();
        long[] bytes = new long[1];
        errors().check("cuModuleGetGlobal_v2", cuModuleGetGlobal(out, bytes, objects.of(module), name),
            "variable " + name + " of module " + module.name());
        return new GlobalVariable(out.address(), bytes[0]);
    }

    @Override
    public int attribute(CudaFunction function, FunctionAttribute attribute) {
        int[] out = new int[1];
        errors().check("cuFuncGetAttribute", cuFuncGetAttribute(out, attribute.code(), objects.of(function)),
            attribute + " of kernel " + function.name());
        return out[0];
    }

    @Override
    public void setAttribute(CudaFunction function, FunctionAttribute attribute, int value) {
        errors().check("cuFuncSetAttribute", cuFuncSetAttribute(objects.of(function), attribute.code(), value),
            attribute + " of kernel " + function.name() + " to " + value);
    }

    @Override
    public int residentBlocks(CudaFunction function, int blockThreads, int dynamicSharedBytes) {
        int[] out = new int[1];
        errors().check("cuOccupancyMaxActiveBlocksPerMultiprocessor",
            cuOccupancyMaxActiveBlocksPerMultiprocessor(out, objects.of(function), blockThreads, dynamicSharedBytes),
            "kernel " + function.name());
        return out[0];
    }

    @Override
    int launchPlainly(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        Dimensions grid = geometry.grid();
        Dimensions block = geometry.block();
        return cuLaunchKernel(objects.of(function), grid.x(), grid.y(), grid.z(), block.x(), block.y(), block.z(),
            geometry.dynamicSharedBytes(), objects.of(stream), pointers(arguments), null);
    }

    @Override
    int launchCooperatively(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        Dimensions grid = geometry.grid();
        Dimensions block = geometry.block();
        return cuLaunchCooperativeKernel(objects.of(function), grid.x(), grid.y(), grid.z(), block.x(), block.y(), block.z(),
            geometry.dynamicSharedBytes(), objects.of(stream), pointers(arguments));
    }

    private static Pointer pointers(LaunchArguments arguments) {
        long table = arguments.table();
        if (!(arguments.prepared() instanceof Pointer)) {
            arguments.prepared(new JCudaHandles.HostAddress(table));
        }
        return (Pointer) arguments.prepared();
    }

    // ---- graphs

    @Override
    public void beginCapture(CudaStream stream) {
        errors().check("cuStreamBeginCapture_v2", cuStreamBeginCapture(objects.of(stream), DriverFlags.CAPTURE_THREAD_LOCAL));
    }

    @Override
    public CudaGraph endCapture(CudaStream stream) {
        var graph = new JCudaHandles.Graph();
        errors().check("cuStreamEndCapture", cuStreamEndCapture(objects.of(stream), graph));
        return new CudaGraph(objects.graphs().add(graph));
    }

    @Override
    public CudaGraphExec instantiate(CudaGraph graph) {
        var executable = new JCudaHandles.GraphExec();
        errors().check("cuGraphInstantiateWithFlags", cuGraphInstantiate(executable, objects.of(graph), 0));
        return new CudaGraphExec(objects.executables().add(executable));
    }

    @Override
    public void launch(CudaGraphExec executable, CudaStream stream) {
        errors().check("cuGraphLaunch", cuGraphLaunch(objects.of(executable), objects.of(stream)));
    }

    @Override
    public void destroy(CudaGraph graph) {
        errors().check("cuGraphDestroy", cuGraphDestroy(objects.of(graph)));
        objects.graphs().remove(graph.handle());
    }

    @Override
    public void destroy(CudaGraphExec executable) {
        errors().check("cuGraphExecDestroy", cuGraphExecDestroy(objects.of(executable)));
        objects.executables().remove(executable.handle());
    }
}
