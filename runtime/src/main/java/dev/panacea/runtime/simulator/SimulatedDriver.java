package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaContext;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaEvent;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaFunction;
import dev.panacea.runtime.cuda.CudaGraph;
import dev.panacea.runtime.cuda.CudaGraphExec;
import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.CudaStream;
import dev.panacea.runtime.cuda.DeviceAttribute;
import dev.panacea.runtime.cuda.FunctionAttribute;
import dev.panacea.runtime.cuda.GlobalVariable;
import dev.panacea.runtime.cuda.HostMemory;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.cuda.MemoryInfo;
import dev.panacea.runtime.simulator.execution.LoadedKernel;
import dev.panacea.runtime.simulator.execution.LoadedModule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * A GPU that exists in memory alone: it loads PTX text and interprets it. Work of every stream runs at once, in the order in which it
 * is given, so that faults of a kernel show at its launch. One thread at a time uses it.
 */
public final class SimulatedDriver implements CudaDriver {
    private static final int VERSION = 13_000;
    private static final CudaContext CONTEXT = new CudaContext(1);
    private static final float NANOSECONDS_A_MILLISECOND = 1e6f;
    private final SimulatorOptions options;
    private final SimulatedDevice device;
    private final ThreadLocal<CudaContext> current = new ThreadLocal<>();
    private final Handles<SimulatedStream> streams = new Handles<>("stream");
    private final Handles<SimulatedEvent> events = new Handles<>("event");
    private final Handles<LoadedModule> modules = new Handles<>("module");
    private final Handles<SimulatedFunction> functions = new Handles<>("function");
    private final Handles<SimulatedGraph> graphs = new Handles<>("graph");
    private final Handles<SimulatedGraph> executables = new Handles<>("executable graph");
    private final PinnedMemory pinned = new PinnedMemory();
    private int retained;

    public SimulatedDriver(SimulatorOptions options) {
        this.options = options;
        device = new SimulatedDevice(options);
        streams.put(CudaStream.DEFAULT.handle(), new SimulatedStream());
    }

    @Override
    public String name() {
        return "simulator";
    }

    @Override
    public int version() {
        return VERSION;
    }

    // ---- devices and contexts

    @Override
    public int deviceCount() {
        return 1;
    }

    @Override
    public String deviceName(int ordinal) {
        return options.model("cuDeviceGetName", ordinal).name();
    }

    @Override
    public long totalMemory(int ordinal) {
        return options.model("cuDeviceTotalMem", ordinal).memoryBytes();
    }

    @Override
    public int attribute(int ordinal, DeviceAttribute attribute) {
        return options.model("cuDeviceGetAttribute", ordinal).attribute(attribute);
    }

    @Override
    public synchronized CudaContext retainPrimaryContext(int ordinal) {
        options.model("cuDevicePrimaryCtxRetain", ordinal);
        retained++;
        return CONTEXT;
    }

    @Override
    public synchronized void releasePrimaryContext(int ordinal) {
        options.model("cuDevicePrimaryCtxRelease", ordinal);
        if (retained == 0) {
            throw new CudaException("cuDevicePrimaryCtxRelease", CudaError.INVALID_CONTEXT, "released more often than retained");
        }
        retained--;
    }

    @Override
    public void setCurrent(CudaContext context) {
        if (context == null) {
            current.remove();
        } else if (context.equals(CONTEXT)) {
            current.set(context);
        } else {
            throw new CudaException("cuCtxSetCurrent", CudaError.INVALID_CONTEXT, "context " + context.handle());
        }
    }

    @Override
    public synchronized void synchronize() {
        enter("cuCtxSynchronize");
    }

    /** What every call that needs a context begins with. */
    private void enter(String call) {
        if (current.get() == null) {
            throw new CudaException(call, CudaError.INVALID_CONTEXT, "no context is current on thread " + Thread.currentThread().getName());
        }
        device.check(call);
    }

    // ---- memory

    @Override
    public synchronized long allocate(long bytes) {
        enter("cuMemAlloc");
        return device.allocate("cuMemAlloc", bytes);
    }

    @Override
    public synchronized void free(long address) {
        enter("cuMemFree");
        device.free("cuMemFree", address);
    }

    @Override
    public synchronized MemoryInfo memoryInfo() {
        enter("cuMemGetInfo");
        return new MemoryInfo(device.memory().free(), device.memory().total());
    }

    @Override
    public synchronized MemorySegment allocatePinned(long bytes) {
        enter("cuMemHostAlloc");
        return pinned.allocate(bytes);
    }

    @Override
    public synchronized void freePinned(MemorySegment segment) {
        enter("cuMemFreeHost");
        pinned.free(segment);
    }

    @Override
    public void copyToDevice(long to, MemorySegment from, CudaStream stream) {
        HostMemory.readable(from);
        give("cuMemcpyHtoDAsync", stream, new Work.CopyToDevice(to, from));
    }

    @Override
    public void copyToHost(MemorySegment to, long from, CudaStream stream) {
        HostMemory.writable(to);
        give("cuMemcpyDtoHAsync", stream, new Work.CopyToHost(to, from));
    }

    @Override
    public void copyOnDevice(long to, long from, long bytes, CudaStream stream) {
        give("cuMemcpyDtoDAsync", stream, new Work.CopyOnDevice(to, from, bytes));
    }

    @Override
    public void copyToPeer(long to, CudaContext toContext, long from, CudaContext fromContext, long bytes, CudaStream stream) {
        give("cuMemcpyPeerAsync", stream, new Work.CopyOnDevice(to, from, bytes));
    }

    @Override
    public void fillBytes(long to, byte value, long count, CudaStream stream) {
        give("cuMemsetD8Async", stream, new Work.Fill(to, value, 1, count));
    }

    @Override
    public void fillInts(long to, int value, long count, CudaStream stream) {
        if ((to & Integer.BYTES - 1) != 0) {
            throw new CudaException("cuMemsetD32Async", CudaError.INVALID_VALUE,
                "address 0x" + Long.toHexString(to) + " is not a multiple of 4");
        }
        give("cuMemsetD32Async", stream, new Work.Fill(to, value, Integer.BYTES, count));
    }

    /** Runs work, or keeps it where the stream is captured. */
    private synchronized void give(String call, CudaStream stream, Work work) {
        enter(call);
        SimulatedStream target = streams.get(call, stream.handle());
        if (target.recording != null) {
            target.recording.add(work);
        } else {
            device.run(call, work);
        }
    }

    @Override
    public boolean canAccessPeer(int ordinal, int peerOrdinal) {
        options.model("cuDeviceCanAccessPeer", ordinal);
        options.model("cuDeviceCanAccessPeer", peerOrdinal);
        return false;
    }

    @Override
    public void enablePeerAccess(CudaContext peer) {
        if (!CONTEXT.equals(peer)) {
            throw new CudaException("cuCtxEnablePeerAccess", CudaError.INVALID_CONTEXT, "there is one simulated GPU");
        }
    }

    // ---- streams and events

    @Override
    public synchronized CudaStream createStream() {
        enter("cuStreamCreate");
        return new CudaStream(streams.add(new SimulatedStream()));
    }

    @Override
    public synchronized void destroy(CudaStream stream) {
        enter("cuStreamDestroy");
        if (stream.equals(CudaStream.DEFAULT)) {
            throw new CudaException("cuStreamDestroy", CudaError.INVALID_HANDLE, "the default stream lives as long as the context");
        }
        streams.remove("cuStreamDestroy", stream.handle());
    }

    @Override
    public synchronized void synchronize(CudaStream stream) {
        running("cuStreamSynchronize", stream);
    }

    @Override
    public synchronized boolean isDone(CudaStream stream) {
        running("cuStreamQuery", stream);
        return true;
    }

    private SimulatedStream running(String call, CudaStream stream) {
        enter(call);
        SimulatedStream found = streams.get(call, stream.handle());
        if (found.recording != null) {
            found.recording.spoil();
            throw new CudaException(call, CudaError.STREAM_CAPTURE_UNSUPPORTED, "the stream is being captured");
        }
        return found;
    }

    @Override
    public synchronized void waitFor(CudaStream stream, CudaEvent event) {
        SimulatedEvent awaited = event("cuStreamWaitEvent", event);
        SimulatedStream waiting = streams.get("cuStreamWaitEvent", stream.handle());
        if (awaited.recording != null && waiting.recording == null) {
            awaited.recording.join(waiting);
        }
    }

    @Override
    public synchronized CudaEvent createEvent(boolean timed) {
        enter("cuEventCreate");
        return new CudaEvent(events.add(new SimulatedEvent(timed)));
    }

    @Override
    public synchronized void destroy(CudaEvent event) {
        enter("cuEventDestroy");
        events.remove("cuEventDestroy", event.handle());
    }

    private SimulatedEvent event(String call, CudaEvent event) {
        enter(call);
        return events.get(call, event.handle());
    }

    @Override
    public synchronized void record(CudaEvent event, CudaStream stream) {
        SimulatedEvent recorded = event("cuEventRecord", event);
        recorded.recording = streams.get("cuEventRecord", stream.handle()).recording;
        if (recorded.recording == null) {
            recorded.nanoseconds = System.nanoTime();
            recorded.recorded = true;
        }
    }

    @Override
    public synchronized void synchronize(CudaEvent event) {
        event("cuEventSynchronize", event);
    }

    @Override
    public synchronized boolean isDone(CudaEvent event) {
        event("cuEventQuery", event);
        return true;
    }

    @Override
    public synchronized float elapsedMilliseconds(CudaEvent start, CudaEvent end) {
        SimulatedEvent from = event("cuEventElapsedTime", start);
        SimulatedEvent to = event("cuEventElapsedTime", end);
        if (!from.timed || !to.timed || !from.recorded || !to.recorded) {
            throw new CudaException("cuEventElapsedTime", CudaError.INVALID_HANDLE, "both events must be timed and recorded");
        }
        return (to.nanoseconds - from.nanoseconds) / NANOSECONDS_A_MILLISECOND;
    }

    // ---- code

    @Override
    public synchronized CudaModule load(String name, byte[] image) {
        enter("cuModuleLoadDataEx");
        LoadedModule module = device.load("cuModuleLoadDataEx", name, image);
        return new CudaModule(modules.add(module), name, "interpreted: " + module.kernelNames().size() + " kernels");
    }

    @Override
    public synchronized void unload(CudaModule module) {
        enter("cuModuleUnload");
        device.unload(modules.remove("cuModuleUnload", module.handle()));
    }

    @Override
    public synchronized CudaFunction function(CudaModule module, String name) {
        enter("cuModuleGetFunction");
        LoadedModule loaded = modules.get("cuModuleGetFunction", module.handle());
        LoadedKernel kernel = loaded.kernel(name);
        if (kernel == null) {
            throw new CudaException("cuModuleGetFunction", CudaError.NOT_FOUND, "module " + module.name() + " has no kernel " + name
                + ", only " + loaded.kernelNames());
        }
        return new CudaFunction(functions.add(new SimulatedFunction(kernel, options.model())), name);
    }

    private SimulatedFunction kernel(String call, CudaFunction function) {
        enter(call);
        return functions.get(call, function.handle());
    }

    @Override
    public synchronized GlobalVariable global(CudaModule module, String name) {
        enter("cuModuleGetGlobal");
        GlobalVariable variable = modules.get("cuModuleGetGlobal", module.handle()).variable(name);
        if (variable == null) {
            throw new CudaException("cuModuleGetGlobal", CudaError.NOT_FOUND, "module " + module.name() + " has no variable " + name);
        }
        return variable;
    }

    @Override
    public synchronized int attribute(CudaFunction function, FunctionAttribute attribute) {
        return kernel("cuFuncGetAttribute", function).attribute(attribute);
    }

    @Override
    public synchronized void setAttribute(CudaFunction function, FunctionAttribute attribute, int value) {
        kernel("cuFuncSetAttribute", function).setAttribute(attribute, value);
    }

    @Override
    public synchronized int residentBlocks(CudaFunction function, int blockThreads, int dynamicSharedBytes) {
        return kernel("cuOccupancyMaxActiveBlocksPerMultiprocessor", function).residentBlocks(blockThreads, dynamicSharedBytes);
    }

    @Override
    public synchronized void check(CudaFunction function, KernelSignature signature) {
        kernel("cuFuncGetParamInfo", function).check(signature);
    }

    @Override
    public synchronized void launch(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        SimulatedFunction launched = kernel("cuLaunchKernel", function);
        launched.check(geometry, arguments.signature().bytes());
        byte[] parameters = arguments.values().asSlice(0, arguments.signature().bytes()).toArray(ValueLayout.JAVA_BYTE);
        give("cuLaunchKernel", stream,
            new Work.Launch(launched, geometry, Arrays.copyOf(parameters, launched.kernel().parameterBytes())));
    }

    // ---- graphs

    @Override
    public synchronized void beginCapture(CudaStream stream) {
        SimulatedStream captured = running("cuStreamBeginCapture", stream);
        if (stream.equals(CudaStream.DEFAULT)) {
            throw new CudaException("cuStreamBeginCapture", CudaError.STREAM_CAPTURE_UNSUPPORTED, "the default stream cannot be captured");
        }
        new Recording(captured);
    }

    @Override
    public synchronized CudaGraph endCapture(CudaStream stream) {
        enter("cuStreamEndCapture");
        Recording recording = streams.get("cuStreamEndCapture", stream.handle()).recording;
        if (recording == null || recording.origin != streams.get("cuStreamEndCapture", stream.handle())) {
            throw new CudaException("cuStreamEndCapture", CudaError.INVALID_VALUE, "no capture was begun on this stream");
        }
        return new CudaGraph(graphs.add(new SimulatedGraph(recording.end())));
    }

    @Override
    public synchronized CudaGraphExec instantiate(CudaGraph graph) {
        enter("cuGraphInstantiate");
        return new CudaGraphExec(executables.add(new SimulatedGraph(graphs.get("cuGraphInstantiate", graph.handle()).work())));
    }

    @Override
    public synchronized boolean update(CudaGraphExec executable, CudaGraph graph) {
        enter("cuGraphExecUpdate");
        return executables.get("cuGraphExecUpdate", executable.handle()).update(graphs.get("cuGraphExecUpdate", graph.handle()));
    }

    @Override
    public synchronized void launch(CudaGraphExec executable, CudaStream stream) {
        List<Work> work = executables.get("cuGraphLaunch", executable.handle()).work();
        for (Work one : work) {
            give("cuGraphLaunch", stream, one);
        }
    }

    @Override
    public synchronized void destroy(CudaGraph graph) {
        enter("cuGraphDestroy");
        graphs.remove("cuGraphDestroy", graph.handle());
    }

    @Override
    public synchronized void destroy(CudaGraphExec executable) {
        enter("cuGraphExecDestroy");
        executables.remove("cuGraphExecDestroy", executable.handle());
    }

    @Override
    public void startProfiler() {
        enter("cuProfilerStart");
    }

    @Override
    public void stopProfiler() {
        enter("cuProfilerStop");
    }
}
