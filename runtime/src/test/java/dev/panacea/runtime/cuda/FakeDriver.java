package dev.panacea.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A driver over host memory whose streams a test may hold back, whose memory is small, and which refuses addresses it did not give and
 * threads without a context. It runs no code: PTX is lines of {@code kernel KIND KIND}, and launches are written down.
 */
public final class FakeDriver implements CudaDriver {

    private static final class Memory {
        private final TreeMap<Long, Long> pieces = new TreeMap<>();
        private long held;
    }

    /** A launch that ran. */
    public record Launch(String kernel, LaunchGeometry geometry, byte[] arguments) { }

    private final long capacity;
    private final Arena arena = Arena.ofShared();
    private final List<Memory> devices = new ArrayList<>();
    private final ThreadLocal<CudaContext> current = new ThreadLocal<>();
    private final FakeStreams streams = new FakeStreams();
    private final Map<Long, List<BooleanSupplier>> graphs = new HashMap<>();
    private final Map<Long, KernelSignature> functions = new HashMap<>();
    private final Set<Long> open = new HashSet<>();
    private final List<Launch> launches = new ArrayList<>();
    private long lastHandle;

    /** @param capacity bytes of each device */
    public FakeDriver(int devices, long capacity) {
        this.capacity = capacity;
        for (int i = 0; i < devices; i++) {
            this.devices.add(new Memory());
        }
    }

    /** From here on {@code stream} runs nothing, until somebody waits for it. */
    public void hold(Stream stream) {
        streams.hold(stream.handle());
    }

    public List<Launch> launches() {
        return launches;
    }

    /** Streams, events, modules, graphs, contexts and pinned memory not yet given back. */
    public int openHandles() {
        return open.size();
    }

    public long allocatedBytes(int ordinal) {
        return devices.get(ordinal).held;
    }

    private Memory memory() {
        if (current.get() == null) {
            throw new CudaException("fake", CudaError.INVALID_CONTEXT, "no context is current");
        }
        return devices.get((int) current.get().handle() - 1);
    }

    private MemorySegment at(long address, long bytes) {
        for (Memory device : devices) {
            Map.Entry<Long, Long> piece = device.pieces.floorEntry(address);
            if (piece != null && address + bytes <= piece.getKey() + piece.getValue()) {
                return MemorySegment.ofAddress(address).reinterpret(bytes);
            }
        }
        throw new CudaException("fake", CudaError.ILLEGAL_ADDRESS, address + " + " + bytes);
    }

    private long opened() {
        memory();
        open.add(++lastHandle);
        return lastHandle;
    }

    private void closed(long handle) {
        memory();
        if (!open.remove(handle)) {
            throw new CudaException("fake", CudaError.INVALID_HANDLE, String.valueOf(handle));
        }
    }

    private void give(CudaStream stream, Runnable work) {
        checkOpen(stream);
        streams.give(stream, work);
    }

    private void checkOpen(CudaStream stream) {
        memory();
        if (!open.contains(stream.handle())) {
            throw new CudaException("fake", CudaError.INVALID_HANDLE, stream.toString());
        }
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public int version() {
        return 13000;
    }

    @Override
    public int deviceCount() {
        return devices.size();
    }

    @Override
    public String deviceName(int ordinal) {
        return "Fake " + ordinal;
    }

    @Override
    public long totalMemory(int ordinal) {
        return capacity;
    }

    @Override
    public int attribute(int ordinal, DeviceAttribute attribute) {
        return attribute.code();
    }

    @Override
    public CudaContext retainPrimaryContext(int ordinal) {
        open.add(-1L - ordinal);
        return new CudaContext(ordinal + 1);
    }

    @Override
    public void releasePrimaryContext(int ordinal) {
        open.remove(-1L - ordinal);
    }

    @Override
    public void setCurrent(CudaContext context) {
        current.set(context);
    }

    @Override
    public void synchronize() {
        memory();
        streams.finishAll();
    }

    @Override
    public long allocate(long bytes) {
        Memory memory = memory();
        if (bytes > capacity - memory.held) {
            throw new CudaException("fake", CudaError.OUT_OF_MEMORY, bytes + " bytes");
        }
        long address = arena.allocate(bytes, 256).address();
        memory.held += bytes;
        memory.pieces.put(address, bytes);
        return address;
    }

    @Override
    public void free(long address) {
        Memory memory = memory();
        memory.held -= memory.pieces.remove(address);
    }

    @Override
    public MemoryInfo memoryInfo() {
        return new MemoryInfo(capacity - memory().held, capacity);
    }

    @Override
    public MemorySegment allocatePinned(long bytes) {
        MemorySegment segment = arena.allocate(bytes, 64);
        memory();
        open.add(segment.address());
        return segment;
    }

    @Override
    public void freePinned(MemorySegment segment) {
        closed(segment.address());
    }

    @Override
    public void copyToDevice(long to, MemorySegment from, CudaStream stream) {
        give(stream, () -> at(to, from.byteSize()).copyFrom(from));
    }

    @Override
    public void copyToHost(MemorySegment to, long from, CudaStream stream) {
        give(stream, () -> to.copyFrom(at(from, to.byteSize())));
    }

    @Override
    public void copyOnDevice(long to, long from, long bytes, CudaStream stream) {
        give(stream, () -> at(to, bytes).copyFrom(at(from, bytes)));
    }

    @Override
    public void copyToPeer(long to, CudaContext toContext, long from, CudaContext fromContext, long bytes, CudaStream stream) {
        copyOnDevice(to, from, bytes, stream);
    }

    @Override
    public void fillBytes(long to, byte value, long count, CudaStream stream) {
        give(stream, () -> at(to, count).fill(value));
    }

    @Override
    public void fillInts(long to, int value, long count, CudaStream stream) {
        give(stream, () -> {
            for (int i = 0; i < count; i++) {
                at(to, Integer.BYTES * count).setAtIndex(ValueLayout.JAVA_INT, i, value);
            }
        });
    }

    @Override
    public boolean canAccessPeer(int ordinal, int peerOrdinal) {
        return false;
    }

    @Override
    public void enablePeerAccess(CudaContext peer) {
        throw new CudaException("fake", CudaError.INVALID_VALUE, "no peer access");
    }

    @Override
    public CudaStream createStream() {
        CudaStream stream = new CudaStream(opened());
        streams.add(stream);
        return stream;
    }

    @Override
    public void destroy(CudaStream stream) {
        closed(stream.handle());
    }

    @Override
    public void synchronize(CudaStream stream) {
        memory();
        streams.finish(stream);
    }

    @Override
    public boolean isDone(CudaStream stream) {
        return streams.isDone(stream);
    }

    @Override
    public void waitFor(CudaStream stream, CudaEvent event) {
        checkOpen(stream);
        streams.waitFor(stream, event);
    }

    @Override
    public CudaEvent createEvent(boolean timed) {
        CudaEvent event = new CudaEvent(opened());
        streams.add(event);
        return event;
    }

    @Override
    public void destroy(CudaEvent event) {
        closed(event.handle());
    }

    @Override
    public void record(CudaEvent event, CudaStream stream) {
        checkOpen(stream);
        streams.record(event, stream);
    }

    @Override
    public void synchronize(CudaEvent event) {
        if (!streams.isDone(event)) {
            synchronize();
        }
    }

    @Override
    public boolean isDone(CudaEvent event) {
        return streams.isDone(event);
    }

    @Override
    public float elapsedMilliseconds(CudaEvent start, CudaEvent end) {
        return end.handle() - start.handle();
    }

    @Override
    public CudaModule load(String name, byte[] image) {
        return new CudaModule(opened(), new String(image, StandardCharsets.US_ASCII), "");
    }

    @Override
    public void unload(CudaModule module) {
        closed(module.handle());
    }

    @Override
    public CudaFunction function(CudaModule module, String name) {
        String[] words = module.name().lines().map(line -> line.split(" ")).filter(line -> line[0].equals(name)).findFirst()
            .orElseThrow(() -> new CudaException("fake", CudaError.NOT_FOUND, name));
        functions.put(++lastHandle, KernelSignature.of(Arrays.stream(words).skip(1).map(KernelSignature.Kind::valueOf)
            .toArray(KernelSignature.Kind[]::new)));
        return new CudaFunction(lastHandle, name);
    }

    @Override
    public GlobalVariable global(CudaModule module, String name) {
        throw new CudaException("fake", CudaError.NOT_FOUND, name);
    }

    @Override
    public int attribute(CudaFunction function, FunctionAttribute attribute) {
        return attribute.code();
    }

    @Override
    public void setAttribute(CudaFunction function, FunctionAttribute attribute, int value) {
        throw new CudaException("fake", CudaError.INVALID_VALUE, attribute.name());
    }

    @Override
    public int residentBlocks(CudaFunction function, int blockThreads, int dynamicSharedBytes) {
        return 2048 / blockThreads;
    }

    @Override
    public void check(CudaFunction function, KernelSignature signature) {
        if (!functions.get(function.handle()).toString().equals(signature.toString())) {
            throw new CudaException("fake", CudaError.INVALID_VALUE, function.name() + " takes " + functions.get(function.handle()));
        }
    }

    @Override
    public void launch(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        byte[] values = arguments.values().toArray(ValueLayout.JAVA_BYTE);
        give(stream, () -> launches.add(new Launch(function.name(), geometry, values)));
    }

    @Override
    public void beginCapture(CudaStream stream) {
        streams.beginCapture(stream);
    }

    @Override
    public CudaGraph endCapture(CudaStream stream) {
        CudaGraph graph = new CudaGraph(opened());
        graphs.put(graph.handle(), streams.endCapture(stream));
        return graph;
    }

    @Override
    public CudaGraphExec instantiate(CudaGraph graph) {
        CudaGraphExec executable = new CudaGraphExec(opened());
        graphs.put(executable.handle(), graphs.get(graph.handle()));
        return executable;
    }

    @Override
    public boolean update(CudaGraphExec executable, CudaGraph graph) {
        boolean sameShape = graphs.get(executable.handle()).size() == graphs.get(graph.handle()).size();
        if (sameShape) {
            graphs.put(executable.handle(), graphs.get(graph.handle()));
        }
        return sameShape;
    }

    @Override
    public void launch(CudaGraphExec executable, CudaStream stream) {
        checkOpen(stream);
        streams.give(stream, graphs.get(executable.handle()));
    }

    @Override
    public void destroy(CudaGraph graph) {
        closed(graph.handle());
    }

    @Override
    public void destroy(CudaGraphExec executable) {
        closed(executable.handle());
    }

    @Override
    public void startProfiler() { }

    @Override
    public void stopProfiler() { }
}
