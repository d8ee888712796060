package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.DeviceAttribute;
import dev.panacea.runtime.cuda.DeviceProperties;
import dev.panacea.runtime.cuda.Event;
import dev.panacea.runtime.cuda.FakeDriver;
import dev.panacea.runtime.cuda.Graph;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.KernelSignature.Kind;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.cuda.Stream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CudaDeviceTest {
    private static final KernelSignature SIGNATURE = KernelSignature.of(Kind.INT, Kind.POINTER);

    private final FakeDriver driver = new FakeDriver(2, 8 << 20);
    private final CudaDevice device = CudaDevice.open(driver, 0);

    @AfterEach
    void close() {
        device.close();
        assertEquals(0, driver.openHandles());
    }

    private static InputStream source(String resource) {
        String text = resource.equals("math.ptx") ? "scale INT POINTER\nshift INT POINTER" : "norm INT";
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void saysWhatItIs() {
        assertEquals("cuda:0", device.name());
        assertEquals(new DeviceProperties("Fake 0", DeviceAttribute.COMPUTE_CAPABILITY_MAJOR.code(),
            DeviceAttribute.COMPUTE_CAPABILITY_MINOR.code(), DeviceAttribute.MULTIPROCESSOR_COUNT.code(), 8 << 20), device.properties());
        assertEquals("cuda:0 has no attention in this version; use --device host", device.lacks("attention").getMessage());
    }

    @Test
    void anOrdinalThatIsNotThereIsRefused() {
        for (int ordinal : new int[] {-1, 2}) {
            var thrown = assertThrows(BadInputException.class, () -> CudaDevice.open(driver, ordinal));
            assertEquals("there is no device cuda:" + ordinal + ": the driver fake has 2 devices, counted from 0", thrown.getMessage());
        }
    }

    @Test
    void codeIsLoadedOnceAndArgumentsAreEachKernelsOwn() {
        int modulesBefore = driver.openHandles();
        Kernel scale = device.kernel("math.ptx", CudaDeviceTest::source, "scale", SIGNATURE);
        Kernel shift = device.kernel("math.ptx", CudaDeviceTest::source, "shift", SIGNATURE);
        assertEquals(modulesBefore + 1, driver.openHandles());
        device.kernel("norm.ptx", CudaDeviceTest::source, "norm", KernelSignature.of(Kind.INT));
        assertEquals(modulesBefore + 2, driver.openHandles());
        assertNotSame(scale.arguments(), shift.arguments());
        var geometry = new LaunchGeometry(3, 128);
        scale.arguments().set(0, 5).setPointer(1, 0x1234);
        scale.launch(geometry, device.computeStream());
        scale.arguments().set(0, 6);
        scale.launch(geometry, device.computeStream());
        assertEquals(List.of("scale", "scale"), driver.launches().stream().map(FakeDriver.Launch::kernel).toList());
        assertSame(geometry, driver.launches().getFirst().geometry());
        byte[] first = driver.launches().getFirst().arguments();
        assertEquals(List.of((byte) 5, (byte) 0x34, (byte) 0x12), List.of(first[0], first[8], first[9]));
        assertEquals(6, driver.launches().getLast().arguments()[0]);
    }

    @Test
    void missingOrOtherCodeIsRefused() {
        var missing = assertThrows(BadInputException.class, () -> device.kernel("norm/x.ptx", name -> null, "x", SIGNATURE));
        assertTrue(missing.getMessage().startsWith("this build carries no PTX for norm/x.ptx: it was built without nvcc; install"),
            missing.getMessage());
        assertThrows(CudaException.class, () -> device.kernel("math.ptx", CudaDeviceTest::source, "norm", SIGNATURE));
        assertThrows(CudaException.class, () -> device.kernel("math.ptx", CudaDeviceTest::source, "scale", KernelSignature.of(Kind.INT)));
    }

    @Test
    void withoutMatrixProductsSaysSo() {
        var thrown = assertThrows(BadInputException.class, device::blas);
        assertEquals("no cuBLAS is bound to cuda:0, so it computes no matrix products; use --device host", thrown.getMessage());
    }

    @Test
    void matrixProductsAreOpenedOnceAndClosedWithTheDevice() {
        List<String> seen = new ArrayList<>();
        try (var other = CudaDevice.open(driver, 1, opening -> new NamedBlas(opening.name(), seen))) {
            assertEquals(List.of(), seen);
            assertSame(other.blas(), other.blas());
            assertEquals("cuda:1", other.blas().description());
        }
        assertEquals(List.of("opened", "closed"), seen);
    }

    private record NamedBlas(String description, List<String> seen) implements Blas {
        NamedBlas {
            seen.add("opened");
        }

        @Override
        public void gemm(boolean transposeA, boolean transposeB, int m, int n, int k,
                         float alpha, Buffer a, int lda, Buffer b, int ldb, float beta, Buffer c, int ldc) {
            throw new AssertionError("not asked for");
        }

        @Override
        public void close() {
            seen.add("closed");
        }
    }

    @Test
    void everyPlatformThreadMayUseIt() throws InterruptedException {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int id = 0; id < 3; id++) {
            Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> failures.add(e)).start(this::useBothDevices).join();
        }
        assertEquals(List.of(), failures);
    }

    private void useBothDevices() {
        try (var other = CudaDevice.open(driver, 1); var there = other.openScope("there"); var here = device.openScope("here")) {
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(new int[] {i}, here.allocate("x", DType.I32, 1).copyFrom(new int[] {i}).toInts());
                assertArrayEquals(new int[] {-i}, there.allocate("y", DType.I32, 1).copyFrom(new int[] {-i}).toInts());
            }
        }
    }

    @Test
    void aVirtualThreadIsRefused() throws InterruptedException {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        Thread.ofVirtual().uncaughtExceptionHandler((t, e) -> failures.add(e)).start(device::synchronize).join();
        assertEquals(1, failures.size());
        assertTrue(failures.getFirst().getMessage().contains("used by a virtual thread"), failures.getFirst().getMessage());
    }

    @Test
    void aGraphRepeatsWhatWasCaptured() {
        Stream stream = device.computeStream();
        try (var scope = device.openScope("step")) {
            Buffer a = scope.allocate("a", DType.I32, 2).copyFrom(new int[] {1, 2});
            Buffer b = scope.allocate("b", DType.I32, 2).copyFrom(new int[] {3, 4});
            Graph graph = stream.capture(() -> b.copyFrom(a));
            assertArrayEquals(new int[] {3, 4}, b.toInts());
            graph.launch(stream);
            assertArrayEquals(new int[] {1, 2}, b.toInts());
            a.copyFrom(new int[] {5, 6});
            graph.launch(stream);
            assertArrayEquals(new int[] {5, 6}, b.toInts());
            graph.close();
            assertThrows(IllegalStateException.class, () -> graph.launch(stream));
        }
    }

    @Test
    void aGraphTakesOtherWork() {
        Stream stream = device.computeStream();
        try (var scope = device.openScope("step"); var graph = stream.capture(() -> { })) {
            Buffer a = scope.allocate("a", DType.I32, 1);
            Buffer b = scope.allocate("b", DType.I32, 1);
            assertFalse(graph.recapture(stream, () -> a.fill((byte) 1)));
            assertTrue(graph.recapture(stream, () -> b.fill((byte) 2)));
            assertFalse(stream.isCapturing());
            graph.launch(stream);
            assertEquals(-1, a.toInts()[0]);
            assertEquals(0x02020202, b.toInts()[0]);
        }
    }

    @Test
    void anExceptionEndsACapture() {
        Stream stream = device.computeStream();
        assertThrows(ArithmeticException.class, () -> stream.capture(() -> Math.floorDiv(1, 0)));
        assertThrows(IllegalStateException.class, () -> stream.capture(() -> stream.capture(() -> { })));
        stream.capture(() -> { }).close();
    }

    @Test
    void streamsWaitForEachOther() {
        try (var first = new Stream(device.context()); var second = new Stream(device.context()); var scope = device.openScope("step")) {
            CudaBuffer buffer = CudaBuffer.of(scope.allocate("x", DType.I32, 1)).sharedWith(first).sharedWith(second);
            driver.hold(first);
            buffer.copyFrom(MemorySegment.ofArray(new int[] {1}), first);
            try (Event written = first.record()) {
                second.waitFor(written);
                buffer.copyFrom(MemorySegment.ofArray(new int[] {2}), second);
                assertFalse(written.isDone() || second.isDone());
                written.synchronize();
                assertTrue(written.isDone() && first.isDone() && second.isDone());
            }
            assertEquals(2, buffer.toInts()[0]);
        }
    }

    @Test
    void equalTablesAreUploadedOnce() {
        Buffer first = device.table(3, 1, 4);
        assertArrayEquals(new int[] {3, 1, 4}, first.toInts());
        assertSame(first, device.table(3, 1, 4));
        assertNotSame(first, device.table(3, 1));
        long held = device.memoryUse().held();
        for (int i = 0; i < 1000; i++) {
            assertArrayEquals(new int[] {i, -i}, device.table(i, -i).toInts());
        }
        assertTrue(device.memoryUse().held() < held + 1000, "the latest few are kept, not all");
        assertThrows(IllegalStateException.class, first::toInts, "one that was given back");
    }
}
