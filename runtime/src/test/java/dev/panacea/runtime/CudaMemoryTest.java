package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.FakeDriver;
import dev.panacea.runtime.cuda.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scopes over a device whose memory and streams the test rules. */
class CudaMemoryTest {
    private static final long MIB = 1 << 20;

    private final FakeDriver driver = new FakeDriver(1, 64 * MIB);
    private final CudaDevice device = CudaDevice.open(driver, 0);

    @AfterEach
    void everythingIsGivenBack() {
        device.close();
        assertEquals(0, driver.allocatedBytes(0));
        assertEquals(0, driver.openHandles());
    }

    private static final class Model {
        private final Map<Buffer, MemoryScope> buffers = new TreeMap<>(Comparator.comparingLong(CudaBuffer::address));
        private long peak;

        long bytes() {
            return buffers.keySet().stream().mapToLong(Buffer::bytes).sum();
        }

        void check(CudaDevice device, long seed) {
            peak = Math.max(peak, bytes());
            long end = 0;
            for (Buffer buffer : buffers.keySet()) {
                long address = CudaBuffer.address(buffer);
                assertTrue(address >= end && address % 256 == 0, () -> buffer + " overlaps or is misaligned, seed " + seed);
                end = address + Math.max(1, buffer.bytes());
            }
            MemoryUse use = device.memoryUse();
            assertEquals(bytes(), use.held(), "seed " + seed);
            assertEquals(peak, use.peak(), "seed " + seed);
            assertTrue(use.held() <= use.reserved() - use.free() && use.largestFree() <= use.free(), use + ", seed " + seed);
            assertTrue(use.fragmentation() >= 0 && use.fragmentation() < 1, use.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void randomUseAgreesWithAModel(long seed) {
        var random = new SplittableRandom(seed);
        Model model = new Model();
        List<MemoryScope> scopes = new ArrayList<>(List.of(device.openScope("root")));
        for (int i = 0; i < 1500; i++) {
            MemoryScope scope = scopes.get(random.nextInt(scopes.size()));
            switch (random.nextInt(10)) {
                case 0 -> scopes.add(random.nextBoolean() ? device.openScope("scope " + i) : scopes.getFirst().child("scope " + i));
                case 1, 2, 3 -> releaseOne(model, random);
                case 4 -> closeOne(model, scopes, scope);
                default -> allocateOne(model, scope, random);
            }
            model.check(device, seed);
        }
        scopes.subList(1, scopes.size()).forEach(MemoryScope::close);
        scopes.getFirst().close();
        assertEquals(0, device.heldBytes());
        assertEquals(device.memoryUse().reserved(), device.memoryUse().free());
        assertEquals(device.memoryUse().reserved(), driver.allocatedBytes(0));
    }

    private static void allocateOne(Model model, MemoryScope scope, SplittableRandom random) {
        DType dtype = DType.values()[random.nextInt(DType.values().length)];
        try {
            model.buffers.put(scope.allocate("piece", dtype, random.nextLong(1L << random.nextInt(1, 20))), scope);
        } catch (OutOfDeviceMemoryException e) {
            assertTrue(model.bytes() > 32 * MIB, () -> "half empty, but " + e.getMessage());
        }
    }

    private static void releaseOne(Model model, SplittableRandom random) {
        if (!model.buffers.isEmpty()) {
            Buffer buffer = List.copyOf(model.buffers.keySet()).get(random.nextInt(model.buffers.size()));
            MemoryScope scope = model.buffers.remove(buffer);
            scope.release(buffer);
        }
    }

    private static void closeOne(Model model, List<MemoryScope> scopes, MemoryScope scope) {
        if (scope != scopes.getFirst()) {
            model.buffers.values().removeIf(owner -> owner == scope);
            scope.close();
            scopes.remove(scope);
        }
    }

    @Test
    void aStepAfterTheFirstAsksTheDriverForNothing() {
        long afterFirst = 0;
        for (int step = 0; step < 200; step++) {
            try (var scope = device.openScope("step")) {
                for (int size : new int[] {1, 700, 300_000, 300_001, 3_000_000, 5_000_000}) {
                    scope.allocate("tensor", DType.F32, size);
                }
            }
            afterFirst = step == 0 ? driver.allocatedBytes(0) : afterFirst;
            assertEquals(afterFirst, driver.allocatedBytes(0));
            assertEquals(0, device.heldBytes());
        }
    }

    @Test
    void fullMemoryIsFoundByGivingUnusedSegmentsBack() {
        try (var scope = device.openScope("first")) {
            scope.allocate("large", DType.U8, 50 * MIB);
            scope.allocate("small", DType.U8, 1);
        }
        try (var scope = device.openScope("second")) {
            scope.allocate("larger", DType.U8, 58 * MIB);
            assertEquals(58 * MIB, driver.allocatedBytes(0));
            scope.allocate("less than a segment is left", DType.U8, 5 * MIB);
        }
    }

    @Test
    void fullMemorySaysWhoHoldsIt() {
        try (var scope = device.openScope("training"); var child = scope.child("step")) {
            scope.allocate("weights", DType.F32, 5 * MIB);
            child.allocate("activations", DType.BF16, 10 * MIB);
            var thrown = assertThrows(OutOfDeviceMemoryException.class, () -> child.allocate("logits", DType.U8, 25 * MIB));
            for (String part : List.of("'logits' asks for 26214400 bytes, which cuda:0 cannot give", "41943040 bytes held",
                "the card has 25165824 of its 67108864 bytes free", "training: 41943040 bytes", "weights 20971520", "step: 20971520",
                "activations 20971520")) {
                assertTrue(thrown.getMessage().contains(part), () -> part + " is not in: " + thrown.getMessage());
            }
            child.allocate("all the rest", DType.U8, 24 * MIB);
        }
    }

    @Test
    void limitsHoldOnADevice() {
        try (var scope = device.openScope("small", 1000)) {
            scope.allocate("most", DType.F32, 249);
            var thrown = assertThrows(OutOfDeviceMemoryException.class, () -> scope.allocate("more", DType.F32, 2));
            assertTrue(thrown.getMessage().contains("holds 996 of its limit of 1000 bytes"), thrown.getMessage());
        }
    }

    @Test
    void aLeakIsReportedWithItsSite() {
        var scope = device.openScope("forgotten");
        scope.allocate("gradients", DType.F32, 25);
        var thrown = assertThrows(IllegalStateException.class, device::close);
        String site = CudaMemoryTest.class.getName() + ".aLeakIsReportedWithItsSite(CudaMemoryTest.java:";
        for (String part : List.of("device cuda:0 closes while", "forgotten: 100 bytes", "gradients 100, allocated at ", site)) {
            assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        }
        scope.close();
    }

    @Test
    void freshAndFreedMemoryIsPoisoned() {
        CudaBuffer written;
        try (var scope = device.openScope("first")) {
            CudaBuffer fresh = CudaBuffer.of(scope.allocate("fresh", DType.F32, 1000));
            assertTrue(Float.isNaN(fresh.toFloats()[999]));
            written = fresh.copyFrom(new float[1000]);
            assertEquals(0, written.toFloats()[999]);
        }
        assertThrows(IllegalStateException.class, written::toFloats);
        try (var scope = device.openScope("second")) {
            for (float value : scope.allocate("reused", DType.F32, 1000).toFloats()) {
                assertTrue(Float.isNaN(value));
            }
        }
    }

    @Test
    void useAfterCloseNamesTheBuffer() {
        Buffer buffer;
        try (var scope = device.openScope("step")) {
            buffer = scope.allocate("activations", DType.F32, 10);
            Buffer view = buffer.slice(2, 3);
            scope.release(buffer);
            assertThrows(IllegalStateException.class, () -> CudaBuffer.address(view));
        }
        for (Runnable use : List.<Runnable>of(() -> CudaBuffer.address(buffer), () -> buffer.fill((byte) 0), buffer::toFloats,
            () -> buffer.slice(0, 1), () -> buffer.copyFrom(new float[1]),
            () -> CudaBuffer.of(buffer).sharedWith(device.computeStream()))) {
            var thrown = assertThrows(IllegalStateException.class, use::run);
            assertEquals("buffer 'activations' of scope 'step' is used after it was closed", thrown.getMessage());
        }
    }

    @Test
    void memoryOfAnotherStreamIsNotReusedBeforeThatStreamIsDone() {
        try (var side = new Stream(device.context()); var scope = device.openScope("step")) {
            CudaBuffer shared = CudaBuffer.of(scope.allocate("shared", DType.F32, 100)).sharedWith(side);
            long address = shared.address();
            driver.hold(side);
            shared.copyFrom(MemorySegment.ofArray(new float[100]), side);
            scope.release(shared);
            Buffer other = scope.allocate("other", DType.F32, 100);
            assertNotEquals(address, CudaBuffer.address(other));
            other.copyFrom(new float[] {1, 2, 3});
            side.synchronize();
            assertEquals(3, other.toFloats()[2]);
            assertEquals(address, CudaBuffer.address(scope.allocate("reused", DType.F32, 100)));
        }
    }

    @Test
    void aStreamWaitsForWhatItsMemoryServedBefore() {
        try (var side = new Stream(device.context()); var scope = device.openScope("step")) {
            driver.hold(device.computeStream());
            Buffer earlier = scope.allocate("earlier", DType.I32, 4);
            earlier.fill((byte) 1);
            scope.release(earlier);
            CudaBuffer later = CudaBuffer.of(scope.allocate("later", DType.I32, 4));
            later.copyFrom(MemorySegment.ofArray(new int[] {5, 6, 7, 8}), side);
            assertFalse(side.isDone());
            device.computeStream().waitFor(side);
            assertEquals(8, later.toInts()[3]);
        }
    }

    @Test
    void whenMemoryIsFullOtherStreamsAreWaitedFor() {
        try (var side = new Stream(device.context()); var scope = device.openScope("step")) {
            CudaBuffer shared = CudaBuffer.of(scope.allocate("shared", DType.U8, 50 * MIB)).sharedWith(side);
            driver.hold(side);
            shared.copyFrom(MemorySegment.ofArray(new byte[(int) (50 * MIB)]), side);
            scope.release(shared);
            scope.allocate("next", DType.U8, 45 * MIB);
            assertTrue(side.isDone());
        }
    }

    @Test
    void aClosedStreamKeepsNothing() {
        try (var scope = device.openScope("step")) {
            var side = new Stream(device.context());
            CudaBuffer shared = CudaBuffer.of(scope.allocate("shared", DType.F32, 100)).sharedWith(side);
            long address = shared.address();
            side.close();
            scope.release(shared);
            assertEquals(address, CudaBuffer.address(scope.allocate("reused", DType.F32, 100)));
        }
    }

    @Test
    void memoryIsNotTakenInACapture() {
        try (var scope = device.openScope("step")) {
            Buffer before = scope.allocate("before", DType.F32, 10);
            var thrown = assertThrows(IllegalStateException.class,
                () -> device.computeStream().capture(() -> scope.allocate("scratch", DType.F32, 10)));
            assertTrue(thrown.getMessage().contains("take it before"), thrown.getMessage());
            long address = CudaBuffer.address(before);
            try (var graph = device.computeStream().capture(() -> scope.release(before))) {
                Buffer after = scope.allocate("after", DType.F32, 10).copyFrom(new float[10]);
                assertEquals(address, CudaBuffer.address(after));
                graph.launch(device.computeStream());
                assertEquals(0, after.toFloats()[9], "the graph must not hold the poison of memory given back in it");
            }
        }
    }

    @Test
    void aClosedDeviceIsOfNoUse() {
        device.close();
        device.close();
        assertThrows(IllegalStateException.class, () -> device.openScope("late"));
        var thrown = assertThrows(IllegalStateException.class, device::synchronize);
        assertEquals("device cuda:0 is closed", thrown.getMessage());
    }
}
