package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaContext;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaEvent;
import dev.panacea.runtime.cuda.CudaFunction;
import dev.panacea.runtime.cuda.CudaGraph;
import dev.panacea.runtime.cuda.CudaGraphExec;
import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.CudaStream;
import dev.panacea.runtime.cuda.DeviceAttribute;
import dev.panacea.runtime.cuda.FunctionAttribute;
import dev.panacea.runtime.cuda.GlobalVariable;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.cuda.MemoryInfo;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A GPU on paper: it hands out addresses without end and runs nothing, so that the very code that trains on a card says what it holds
 * there, at the card's properties and in no time. Short uploads are remembered until something else is written there; all else reads as
 * zeros.
 */
public final class PaperDriver implements CudaDriver {
    private static final int VERSION = 13_000;
    private static final CudaContext CONTEXT = new CudaContext(1);
    private static final long FIRST_ADDRESS = 1L << 40;
    // how finely real drivers map memory
    private static final long PAGE = 2 << 20;
    private static final long LONGEST_REMEMBERED = 1 << 20;
    private static final int RESIDENT_BLOCKS = 2;

    private final DeviceModel model;
    private final PinnedMemory pinned = new PinnedMemory();
    private final NavigableMap<Long, byte[]> uploads = new TreeMap<>();
    private long nextAddress = FIRST_ADDRESS;
    private long nextHandle = 1;

    public PaperDriver(DeviceModel model) {
        this.model = model;
    }

    @Override
    public String name() {
        return "paper";
    }

    @Override
    public int version() {
        return VERSION;
    }

    private synchronized long handle() {
        return nextHandle++;
    }

    // ---- devices and contexts

    @Override
    public int deviceCount() {
        return 1;
    }

    @Override
    public String deviceName(int ordinal) {
        return model.name();
    }

    @Override
    public long totalMemory(int ordinal) {
        return model.memoryBytes();
    }

    @Override
    public int attribute(int ordinal, DeviceAttribute attribute) {
        return model.attribute(attribute);
    }

    @Override
    public CudaContext retainPrimaryContext(int ordinal) {
        return CONTEXT;
    }

    @Override
    public void releasePrimaryContext(int ordinal) { }

    @Override
    public void setCurrent(CudaContext context) { }

    @Override
    public void synchronize() { }

    // ---- memory

    @Override
    public synchronized long allocate(long bytes) {
        long address = nextAddress;
        nextAddress += Math.ceilDiv(bytes, PAGE) * PAGE;
        return address;
    }

    @Override
    public void free(long address) { }

    @Override
    public MemoryInfo memoryInfo() {
        return new MemoryInfo(model.memoryBytes(), model.memoryBytes());
    }

    @Override
    public synchronized MemorySegment allocatePinned(long bytes) {
        return pinned.allocate(bytes);
    }

    @Override
    public synchronized void freePinned(MemorySegment segment) {
        pinned.free(segment);
    }

    @Override
    public synchronized void copyToDevice(long to, MemorySegment from, CudaStream stream) {
        forget(to, from.byteSize());
        if (from.byteSize() <= LONGEST_REMEMBERED) {
            uploads.put(to, from.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    // an upload that reaches beyond the end goes as a whole: to forget too much is to read zeros
    private void forget(long from, long bytes) {
        Map.Entry<Long, byte[]> before = uploads.lowerEntry(from);
        if (before != null && before.getKey() + before.getValue().length > from) {
            uploads.put(before.getKey(), Arrays.copyOf(before.getValue(), (int) (from - before.getKey())));
        }
        uploads.subMap(from, from + bytes).clear();
    }

    @Override
    public synchronized void copyToHost(MemorySegment to, long from, CudaStream stream) {
        to.fill((byte) 0);
        // what is read may be a part of what was written
        Map.Entry<Long, byte[]> upload = uploads.floorEntry(from);
        if (upload != null && from - upload.getKey() < upload.getValue().length) {
            int skipped = (int) (from - upload.getKey());
            MemorySegment.copy(upload.getValue(), skipped, to, ValueLayout.JAVA_BYTE, 0,
                (int) Math.min(upload.getValue().length - skipped, to.byteSize()));
        }
    }

    @Override
    public synchronized void copyOnDevice(long to, long from, long bytes, CudaStream stream) {
        forget(to, bytes);
    }

    @Override
    public void copyToPeer(long to, CudaContext toContext, long from, CudaContext fromContext, long bytes, CudaStream stream) { }

    @Override
    public synchronized void fillBytes(long to, byte value, long count, CudaStream stream) {
        forget(to, count);
    }

    @Override
    public synchronized void fillInts(long to, int value, long count, CudaStream stream) {
        forget(to, count * Integer.BYTES);
    }

    @Override
    public boolean canAccessPeer(int ordinal, int peerOrdinal) {
        return false;
    }

    @Override
    public void enablePeerAccess(CudaContext peer) { }

    // ---- streams and events

    @Override
    public CudaStream createStream() {
        return new CudaStream(handle());
    }

    @Override
    public void destroy(CudaStream stream) { }

    @Override
    public void synchronize(CudaStream stream) { }

    @Override
    public boolean isDone(CudaStream stream) {
        return true;
    }

    @Override
    public void waitFor(CudaStream stream, CudaEvent event) { }

    @Override
    public CudaEvent createEvent(boolean timed) {
        return new CudaEvent(handle());
    }

    @Override
    public void destroy(CudaEvent event) { }

    @Override
    public void record(CudaEvent event, CudaStream stream) { }

    @Override
    public void synchronize(CudaEvent event) { }

    @Override
    public boolean isDone(CudaEvent event) {
        return true;
    }

    @Override
    public float elapsedMilliseconds(CudaEvent start, CudaEvent end) {
        return 0;
    }

    // ---- code

    @Override
    public CudaModule load(String name, byte[] image) {
        return new CudaModule(handle(), name, "");
    }

    @Override
    public void unload(CudaModule module) { }

    @Override
    public CudaFunction function(CudaModule module, String name) {
        return new CudaFunction(handle(), name);
    }

    @Override
    public GlobalVariable global(CudaModule module, String name) {
        throw new IllegalStateException("a GPU on paper has no variables, such as " + name + " of " + module.name());
    }

    @Override
    public int attribute(CudaFunction function, FunctionAttribute attribute) {
        return 0;
    }

    @Override
    public void setAttribute(CudaFunction function, FunctionAttribute attribute, int value) { }

    @Override
    public int residentBlocks(CudaFunction function, int blockThreads, int dynamicSharedBytes) {
        return RESIDENT_BLOCKS;
    }

    @Override
    public void check(CudaFunction function, KernelSignature signature) { }

    @Override
    public void launch(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) { }

    // ---- graphs

    @Override
    public void beginCapture(CudaStream stream) { }

    @Override
    public CudaGraph endCapture(CudaStream stream) {
        return new CudaGraph(handle());
    }

    @Override
    public CudaGraphExec instantiate(CudaGraph graph) {
        return new CudaGraphExec(handle());
    }

    @Override
    public boolean update(CudaGraphExec executable, CudaGraph graph) {
        return true;
    }

    @Override
    public void launch(CudaGraphExec executable, CudaStream stream) { }

    @Override
    public void destroy(CudaGraph graph) { }

    @Override
    public void destroy(CudaGraphExec executable) { }

    // ---- profiling

    @Override
    public void startProfiler() { }

    @Override
    public void stopProfiler() { }
}
