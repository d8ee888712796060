package dev.panacea.runtime.cuda;

import static dev.panacea.runtime.cuda.DriverTester.filled;
import static dev.panacea.runtime.cuda.DriverTester.randomBytes;
import static dev.panacea.runtime.cuda.DriverTester.refuses;
import static dev.panacea.runtime.cuda.DriverTester.says;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.runtime.bindings.FakeCuda;
import dev.panacea.runtime.cuda.KernelSignature.Kind;
import dev.panacea.runtime.simulator.SimulatedDriver;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract of {@link CudaDriver}. One subclass for each driver; where that is absent its tests are skipped with the reason. */
@Tag("cuda")
abstract class CudaDriverConformance {
    private static final KernelSignature STORED =
        KernelSignature.of(Kind.POINTER, Kind.INT, Kind.LONG, Kind.FLOAT, Kind.DOUBLE, Kind.POINTER);
    private static final KernelSignature OUT = KernelSignature.of(Kind.POINTER);

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final ConformanceSubject subject;
    private CudaDriver driver;
    private DriverTester tester;

    CudaDriverConformance(ConformanceSubject subject) {
        this.subject = subject;
    }

    @BeforeEach
    void open() {
        assumeTrue(subject.driver().isPresent(), () -> subject.name() + ": " + subject.absence());
        driver = subject.driver().get();
        tester = new DriverTester(driver);
    }

    @AfterEach
    void close() {
        subject.fake().ifPresent(FakeCuda::reset);
        if (tester != null) {
            tester.close();
        }
    }

    // ---- devices and contexts

    @Test
    void devicesDescribeThemselves() {
        assertTrue(driver.version() >= 11000, "version " + driver.version());
        assertTrue(driver.deviceCount() >= 1);
        for (int ordinal = 0; ordinal < driver.deviceCount(); ordinal++) {
            assertFalse(driver.deviceName(ordinal).isBlank());
            assertTrue(driver.totalMemory(ordinal) > 0);
            assertEquals(32, driver.attribute(ordinal, DeviceAttribute.WARP_SIZE));
            assertEquals(1024, driver.attribute(ordinal, DeviceAttribute.MAX_THREADS_PER_BLOCK));
            assertTrue(driver.attribute(ordinal, DeviceAttribute.COMPUTE_CAPABILITY_MAJOR) >= 8);
            for (DeviceAttribute attribute : DeviceAttribute.values()) {
                assertTrue(driver.attribute(ordinal, attribute) >= 0, attribute.name());
            }
        }
    }

    @Test
    void anUnknownDeviceIsRefused() {
        int beyond = driver.deviceCount();
        refuses(CudaError.INVALID_DEVICE, () -> driver.deviceName(beyond));
        refuses(CudaError.INVALID_DEVICE, () -> driver.attribute(-1, DeviceAttribute.WARP_SIZE));
        refuses(CudaError.INVALID_DEVICE, () -> driver.retainPrimaryContext(beyond));
    }

    @Test
    void callsNeedACurrentContext() {
        driver.setCurrent(null);
        refuses(CudaError.INVALID_CONTEXT, () -> driver.allocate(16));
        refuses(CudaError.INVALID_CONTEXT, () -> driver.createStream());
        driver.setCurrent(tester.context());
        driver.synchronize();
    }

    @Test
    void aPrimaryContextIsShared() {
        assertEquals(tester.context(), driver.retainPrimaryContext(0));
        driver.releasePrimaryContext(0);
        assertArrayEquals(new byte[] {DriverTester.POISON}, tester.read(tester.poisoned(1), 1));
    }

    @Test
    void peersReachEachOther() {
        assertFalse(driver.canAccessPeer(0, 0));
        assumeTrue(driver.deviceCount() > 1 && driver.canAccessPeer(0, 1), subject.name() + ": no two devices that reach each other");
        byte[] data = randomBytes(random, 1001);
        long from = tester.poisoned(data.length);
        tester.write(from, data);
        CudaContext peer = driver.retainPrimaryContext(1);
        driver.setCurrent(peer);
        long there = driver.allocate(data.length);
        driver.setCurrent(tester.context());
        driver.enablePeerAccess(peer);
        driver.enablePeerAccess(peer);
        driver.copyToPeer(there, peer, from, tester.context(), data.length, tester.stream());
        driver.fillBytes(from, (byte) 0, data.length, tester.stream());
        driver.copyToPeer(from, tester.context(), there, peer, data.length, tester.stream());
        assertArrayEquals(data, tester.read(from, data.length));
        driver.setCurrent(peer);
        driver.free(there);
        driver.setCurrent(tester.context());
        driver.releasePrimaryContext(1);
    }

    // ---- memory

    @Test
    void memoryIsAlignedCountedAndGivenBackOnce() {
        MemoryInfo before = driver.memoryInfo();
        assertTrue(before.free() > 0 && before.free() <= before.total());
        long[] addresses = IntStream.range(0, 20).mapToLong(i -> driver.allocate(random.nextLong(1, 10_000))).toArray();
        assertEquals(20, Arrays.stream(addresses).distinct().count());
        assertTrue(Arrays.stream(addresses).allMatch(address -> address != 0 && address % 256 == 0), "seed " + seed);
        Arrays.stream(addresses).forEach(driver::free);
        refuses(CudaError.INVALID_VALUE, () -> driver.free(addresses[7]));
        refuses(CudaError.INVALID_VALUE, () -> driver.allocate(0));
    }

    @Test
    void tooMuchMemoryIsRefusedWithTheFigures() {
        says(refuses(CudaError.OUT_OF_MEMORY, () -> driver.allocate(1L << 50)), Long.toString(1L << 50),
            Long.toString(driver.memoryInfo().total()), "free");
    }

    @Test
    void copiesOfOddSizesTouchNothingElse() {
        for (int i = 0; i < 30; i++) {
            int size = random.nextInt(1, 3000);
            int first = random.nextInt(size);
            int count = random.nextInt(size - first + 1);
            byte[] expected = filled(size, DriverTester.POISON);
            byte[] data = randomBytes(random, count);
            System.arraycopy(data, 0, expected, first, count);
            long memory = tester.poisoned(size);
            driver.copyToDevice(memory + first, tester.host(data), tester.stream());
            long copy = tester.poisoned(size);
            driver.copyOnDevice(copy, memory, size, tester.stream());
            assertArrayEquals(expected, tester.read(copy, size), "seed " + seed);
        }
    }

    @Test
    void fillsTouchNothingElse() {
        for (int i = 0; i < 20; i++) {
            int size = 4 * random.nextInt(2, 500);
            int first = random.nextInt(size);
            int count = random.nextInt(size - first + 1);
            byte value = (byte) random.nextInt();
            long memory = tester.poisoned(size);
            driver.fillBytes(memory + first, value, count, tester.stream());
            byte[] expected = filled(size, DriverTester.POISON);
            Arrays.fill(expected, first, first + count, value);
            assertArrayEquals(expected, tester.read(memory, size), "seed " + seed);
            int word = random.nextInt();
            driver.fillInts(memory + 4, word, size / 4 - 1, tester.stream());
            int[] words = tester.readInts(memory, size / 4);
            assertEquals(word, words[size / 4 - 1], "seed " + seed);
            assertEquals(size / 4 - 1, Arrays.stream(words, 1, words.length).filter(w -> w == word).count(), "seed " + seed);
            assertEquals(ByteBuffer.wrap(expected).order(ByteOrder.nativeOrder()).getInt(), words[0], "seed " + seed);
        }
    }

    @Test
    void pinnedMemoryIsOrdinaryHostMemory() {
        MemorySegment pinned = driver.allocatePinned(4099);
        assertEquals(4099, pinned.byteSize());
        byte[] data = randomBytes(random, 4099);
        pinned.copyFrom(MemorySegment.ofArray(data));
        long memory = tester.poisoned(4099);
        driver.copyToDevice(memory, pinned, tester.stream());
        driver.synchronize(tester.stream());
        pinned.fill((byte) 0);
        driver.copyToHost(pinned, memory, tester.stream());
        driver.synchronize(tester.stream());
        assertArrayEquals(data, pinned.toArray(ValueLayout.JAVA_BYTE), "seed " + seed);
        driver.freePinned(pinned);
    }

    @Test
    void heapAndFreedMemoryIsRefused() {
        long memory = tester.poisoned(8);
        MemorySegment heap = MemorySegment.ofArray(new byte[8]);
        assertThrows(IllegalArgumentException.class, () -> driver.copyToDevice(memory, heap, tester.stream()));
        assertThrows(IllegalArgumentException.class, () -> driver.copyToHost(heap, memory, tester.stream()));
        MemorySegment freed;
        try (Arena arena = Arena.ofConfined()) {
            freed = arena.allocate(8);
        }
        assertThrows(IllegalStateException.class, () -> driver.copyToDevice(memory, freed, tester.stream()));
    }

    // ---- streams and events

    @Test
    void eventsMarkTimeAndOrderStreams() {
        CudaStream other = driver.createStream();
        CudaEvent start = driver.createEvent(true);
        CudaEvent end = driver.createEvent(true);
        byte[] data = randomBytes(random, 1 << 16);
        long memory = tester.poisoned(data.length);
        driver.record(start, tester.stream());
        driver.copyToDevice(memory, tester.host(data), tester.stream());
        driver.record(end, tester.stream());
        driver.waitFor(other, end);
        MemorySegment host = tester.arena().allocate(data.length);
        driver.copyToHost(host, memory, other);
        driver.synchronize(other);
        assertTrue(driver.isDone(other) && driver.isDone(end));
        assertArrayEquals(data, host.toArray(ValueLayout.JAVA_BYTE), "seed " + seed);
        driver.synchronize(end);
        assertTrue(driver.elapsedMilliseconds(start, end) >= 0);
        List.of(start, end).forEach(driver::destroy);
        driver.destroy(other);
    }

    @Test
    void untimedEventsHaveNoTime() {
        CudaEvent start = driver.createEvent(false);
        CudaEvent end = driver.createEvent(true);
        driver.record(start, tester.stream());
        driver.record(end, tester.stream());
        driver.synchronize(end);
        refuses(CudaError.INVALID_HANDLE, () -> driver.elapsedMilliseconds(start, end));
        List.of(start, end).forEach(driver::destroy);
    }

    @Test
    void theDefaultStreamWorks() {
        long memory = tester.poisoned(16);
        driver.synchronize();
        driver.fillBytes(memory, (byte) 3, 16, CudaStream.DEFAULT);
        driver.synchronize(CudaStream.DEFAULT);
        assertTrue(driver.isDone(CudaStream.DEFAULT));
        assertArrayEquals(filled(16, (byte) 3), tester.read(memory, 16));
    }

    // ---- code

    @Test
    void modulesGiveKernelsAndVariables() {
        CudaModule module = tester.load();
        assertEquals("conformance.ptx", module.name());
        assertEquals("empty", driver.function(module, "empty").name());
        GlobalVariable table = driver.global(module, "table");
        assertArrayEquals(new byte[60], tester.read(table.address(), table.bytes()));
        byte[] data = randomBytes(random, 60);
        tester.write(table.address(), data);
        assertArrayEquals(data, tester.read(table.address(), 60));
        says(refuses(CudaError.NOT_FOUND, () -> driver.function(module, "absent")), "absent", "conformance.ptx");
        says(refuses(CudaError.NOT_FOUND, () -> driver.global(module, "absent")), "absent", "conformance.ptx");
    }

    @Test
    void brokenPtxIsRefused() {
        String text = new String(DriverTester.ptx(), StandardCharsets.UTF_8);
        byte[] unclosed = text.substring(0, text.lastIndexOf('}')).getBytes(StandardCharsets.UTF_8);
        says(refuses(CudaError.INVALID_PTX, () -> driver.load("unclosed.ptx", unclosed)), "unclosed.ptx");
        assertThrows(CudaException.class, () -> driver.load("garbage", "no code at all".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void ptxOfTheFutureIsRefused() {
        assumeFalse(driver instanceof SimulatedDriver, "the simulator takes what it understands, whatever its version");
        String text = new String(DriverTester.ptx(), StandardCharsets.UTF_8);
        byte[] future = text.replace(".version 7.0", ".version 99.0").getBytes(StandardCharsets.UTF_8);
        says(refuses(CudaError.UNSUPPORTED_PTX_VERSION, () -> driver.load("future.ptx", future)), "future.ptx", "99.0");
    }

    @Test
    void attributesOfKernelsAreReadAndSet() {
        CudaFunction function = tester.function("store_arguments");
        assertTrue(driver.attribute(function, FunctionAttribute.MAX_THREADS_PER_BLOCK) >= 32);
        assertTrue(driver.attribute(function, FunctionAttribute.REGISTERS) > 0);
        assertEquals(0, driver.attribute(function, FunctionAttribute.STATIC_SHARED_BYTES));
        driver.setAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_BYTES, 65536);
        assertEquals(65536, driver.attribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_BYTES));
        says(refuses(CudaError.INVALID_VALUE,
            () -> driver.setAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_BYTES, 1 << 30)), "store_arguments");
        int few = driver.residentBlocks(function, 1024, 0);
        assertTrue(few >= 1 && driver.residentBlocks(function, 128, 0) >= few);
    }

    @Test
    void wrongSignaturesAreRefused() {
        CudaFunction function = tester.function("store_arguments");
        driver.check(function, STORED);
        driver.check(tester.function("empty"), KernelSignature.of());
        says(assertThrows(CudaException.class, () -> driver.check(function,
            KernelSignature.of(Kind.POINTER, Kind.INT, Kind.INT, Kind.FLOAT, Kind.DOUBLE, Kind.POINTER))),
            "store_arguments", "2", "8", "4");
        says(assertThrows(CudaException.class, () -> driver.check(function, OUT)), "store_arguments", "1");
        says(assertThrows(CudaException.class, () -> driver.check(tester.function("empty"), OUT)), "empty", "0", "1");
    }

    // ---- launches

    private LaunchArguments arguments(KernelSignature signature, long out) {
        return new LaunchArguments(signature, tester.arena()).setPointer(0, out);
    }

    @Test
    void argumentsOfEveryKindReachTheKernel() {
        CudaFunction function = tester.function("store_arguments");
        long out = tester.poisoned(40);
        LaunchArguments arguments = arguments(STORED, out);
        for (int i = 0; i < 20; i++) {
            ByteBuffer expected = ByteBuffer.wrap(filled(40, DriverTester.POISON)).order(ByteOrder.nativeOrder());
            expected.putInt(0, random.nextInt()).putLong(8, random.nextLong()).putFloat(16, random.nextFloat() - 0.5f)
                .putDouble(24, random.nextDouble() - 0.5).putLong(32, random.nextLong());
            arguments.set(1, expected.getInt(0)).set(2, expected.getLong(8)).set(3, expected.getFloat(16))
                .set(4, expected.getDouble(24)).setPointer(5, expected.getLong(32));
            driver.launch(function, new LaunchGeometry(1, 1), tester.stream(), arguments);
            arguments.set(1, 0).set(2, 0L);
            assertArrayEquals(expected.array(), tester.read(out, 40), "seed " + seed);
        }
    }

    @Test
    void geometryReachesTheKernel() {
        CudaFunction function = tester.function("store_geometry");
        driver.setAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_BYTES, 65536);
        long out = tester.poisoned(28);
        LaunchArguments arguments = arguments(OUT, out);
        var plain = new LaunchGeometry(new Dimensions(5, 3, 2), new Dimensions(32, 2, 3), 50_000);
        driver.launch(function, plain, tester.stream(), arguments);
        assertArrayEquals(new int[] {5, 3, 2, 32, 2, 3, 50_000}, tester.readInts(out, 7));
        var cooperative = new LaunchGeometry(new Dimensions(2, 1, 1), new Dimensions(7, 5, 3), 16).cooperatively();
        driver.launch(function, cooperative, tester.stream(), arguments);
        assertArrayEquals(new int[] {2, 1, 1, 7, 5, 3, 16}, tester.readInts(out, 7));
    }

    @Test
    void clustersReachTheKernel() {
        assumeTrue(driver.attribute(0, DeviceAttribute.CLUSTER_LAUNCH) != 0, subject.name() + ": the device has no clusters");
        long out = tester.poisoned(28);
        var geometry = new LaunchGeometry(new Dimensions(4, 2, 6), new Dimensions(8, 4, 2), 1024).inClusters(new Dimensions(2, 1, 3));
        driver.launch(tester.function("store_geometry"), geometry, tester.stream(), arguments(OUT, out));
        assertArrayEquals(new int[] {4, 2, 6, 8, 4, 2, 1024}, tester.readInts(out, 7));
    }

    @Test
    void everyThreadRuns() {
        assumeTrue(subject.fake().isEmpty(), subject.name() + ": runs no kernel");
        long out = tester.poisoned(4 * 1010);
        var arguments = new LaunchArguments(KernelSignature.of(Kind.POINTER, Kind.INT, Kind.INT), tester.arena());
        arguments.setPointer(0, out).set(1, 1000).set(2, -500);
        driver.launch(tester.function("fill_index"), new LaunchGeometry(8, 128), tester.stream(), arguments);
        int[] expected = IntStream.range(0, 1010).map(i -> i < 1000 ? i - 500 : 0x01010101 * DriverTester.POISON).toArray();
        assertArrayEquals(expected, tester.readInts(out, 1010));
    }

    @Test
    void impossibleLaunchesAreRefusedByName() {
        CudaFunction function = tester.function("store_geometry");
        LaunchArguments arguments = arguments(OUT, tester.poisoned(28));
        says(assertThrows(CudaException.class, () -> driver.launch(function, new LaunchGeometry(1, 2048), tester.stream(), arguments)),
            "store_geometry", "2048");
        var greedy = new LaunchGeometry(Dimensions.ONE, Dimensions.ONE, 1 << 24);
        says(assertThrows(CudaException.class, () -> driver.launch(function, greedy, tester.stream(), arguments)), "store_geometry");
        var crowd = new LaunchGeometry(1 << 20, 1024).cooperatively();
        says(refuses(CudaError.COOPERATIVE_LAUNCH_TOO_LARGE, () -> driver.launch(function, crowd, tester.stream(), arguments)),
            "store_geometry");
        driver.launch(function, new LaunchGeometry(1, 1), tester.stream(), arguments);
        driver.synchronize(tester.stream());
    }

    // ---- graphs

    private CudaGraph capture(CudaFunction function, long out, long value, int fills) {
        LaunchArguments arguments = arguments(STORED, out).set(2, value);
        driver.beginCapture(tester.stream());
        for (int i = 0; i < fills; i++) {
            driver.fillBytes(out, (byte) i, 40, tester.stream());
        }
        driver.launch(function, new LaunchGeometry(1, 1), tester.stream(), arguments);
        return driver.endCapture(tester.stream());
    }

    @Test
    void graphsRunWhatWasCaptured() {
        long out = tester.poisoned(40);
        CudaGraph graph = capture(tester.function("store_arguments"), out, 42, 1);
        assertArrayEquals(filled(40, DriverTester.POISON), tester.read(out, 40));
        CudaGraphExec executable = driver.instantiate(graph);
        driver.destroy(graph);
        for (int i = 0; i < 3; i++) {
            driver.fillBytes(out, DriverTester.POISON, 40, tester.stream());
            driver.launch(executable, tester.stream());
            assertEquals(42, tester.readLong(out + 8));
        }
        driver.destroy(executable);
    }

    @Test
    void graphsAreUpdatedWhereTheirShapeAgrees() {
        long out = tester.poisoned(40);
        CudaFunction function = tester.function("store_arguments");
        CudaGraph graph = capture(function, out, 1, 1);
        CudaGraphExec executable = driver.instantiate(graph);
        CudaGraph same = capture(function, out, 2, 1);
        CudaGraph longer = capture(function, out, 3, 2);
        assertTrue(driver.update(executable, same));
        driver.launch(executable, tester.stream());
        assertEquals(2, tester.readLong(out + 8));
        assertFalse(driver.update(executable, longer));
        driver.launch(executable, tester.stream());
        assertEquals(2, tester.readLong(out + 8));
        driver.destroy(executable);
        List.of(graph, same, longer).forEach(driver::destroy);
    }

    @Test
    void waitingSpoilsACapture() {
        driver.beginCapture(tester.stream());
        refuses(CudaError.STREAM_CAPTURE_UNSUPPORTED, () -> driver.synchronize(tester.stream()));
        refuses(CudaError.STREAM_CAPTURE_INVALIDATED, () -> driver.endCapture(tester.stream()));
        assertTrue(driver.isDone(tester.stream()));
    }

    @Test
    void aProfilersRangeBeginsAndEnds() {
        driver.startProfiler();
        driver.stopProfiler();
    }
}
