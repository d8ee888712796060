package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryScopeTest {
    private final HostDevice device = new HostDevice(1);

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void useAfterCloseNamesTheBuffer() {
        HostBuffer buffer;
        HostBuffer view;
        try (var scope = device.openScope("step")) {
            buffer = scope.allocateHost("activations", DType.F32, 10);
            view = buffer.slice(2, 3);
        }
        for (HostBuffer gone : List.of(buffer, view)) {
            var thrown = assertThrows(IllegalStateException.class, () -> gone.getFloat(0));
            assertEquals("buffer 'activations' of scope 'step' is used after it was closed", thrown.getMessage());
            assertThrows(IllegalStateException.class, gone::segment);
            assertThrows(IllegalStateException.class, () -> gone.slice(0, 1));
        }
    }

    @Test
    void aClosedScopeAllocatesNothing() {
        var scope = device.openScope("step");
        scope.close();
        scope.close();
        assertThrows(IllegalStateException.class, () -> scope.allocate("x", DType.F32, 1));
        assertThrows(IllegalStateException.class, () -> scope.child("inner"));
    }

    @Test
    void releaseGivesOneBufferBack() {
        try (var scope = device.openScope("step"); var other = device.openScope("other")) {
            var first = scope.allocateHost("first", DType.F32, 100);
            var second = scope.allocateHost("second", DType.BF16, 100);
            assertThrows(IllegalStateException.class, () -> other.release(first));
            scope.release(first);
            assertEquals(200, scope.heldBytes());
            assertThrows(IllegalStateException.class, first::segment);
            assertThrows(IllegalStateException.class, () -> scope.release(first));
            assertEquals(200, second.segment().byteSize());
        }
    }

    @Test
    void limitsCountChildrenAndNameTheHolders() {
        try (var scope = device.openScope("training", 1000); var child = scope.child("step")) {
            child.allocate("activations", DType.F32, 200);
            var thrown = assertThrows(OutOfDeviceMemoryException.class, () -> scope.allocate("logits", DType.U8, 201));
            for (String part : List.of("'logits' asks for 201 bytes", "'training' holds 800 of its limit of 1000", "step: 800",
                "activations 800")) {
                assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
            }
            assertEquals(800, device.heldBytes());
            scope.allocate("exactly the rest", DType.U8, 200);
        }
    }

    @Test
    void aChildsOwnLimitHolds() {
        try (var scope = device.openScope("outer"); var child = scope.child("inner", 64)) {
            child.allocate("fits", DType.F32, 16);
            assertThrows(OutOfDeviceMemoryException.class, () -> child.allocate("one more", DType.U8, 1));
        }
    }

    @Test
    void leaksAreReportedWithTheirHolders() {
        var scope = device.openScope("forgotten");
        var child = scope.child("inner");
        child.allocate("gradients", DType.F32, 25);
        var fromScope = assertThrows(IllegalStateException.class, scope::close);
        assertTrue(fromScope.getMessage().contains("gradients 100"), fromScope.getMessage());
        var fromDevice = assertThrows(IllegalStateException.class, device::close);
        assertTrue(fromDevice.getMessage().contains("forgotten: 100 bytes"), fromDevice.getMessage());
        child.close();
        scope.close();
    }

    @Test
    void aClosedDeviceOpensNoScope() {
        device.close();
        assertThrows(IllegalStateException.class, () -> device.openScope("late"));
    }

    @Test
    void peaksSurviveUntilTheyAreReset() {
        try (var scope = device.openScope("step")) {
            try (var child = scope.child("inner")) {
                child.allocate("a", DType.F32, 100);
                child.allocate("b", DType.F32, 50);
                assertEquals(600, child.peakBytes());
            }
            scope.allocate("c", DType.F32, 10);
            assertEquals(40, scope.heldBytes());
            assertEquals(600, scope.peakBytes());
            assertEquals(600, device.peakBytes());
            device.resetPeak();
            assertEquals(40, device.peakBytes());
        }
        assertEquals(0, device.heldBytes());
    }

    @Test
    void tenThousandStepsReserveWhatOneDoes() {
        long afterFirst = 0;
        for (int step = 0; step < 10_000; step++) {
            try (var scope = device.openScope("step")) {
                for (int size : new int[] {1, 100, 5_000, 5_001, 300}) {
                    scope.allocate("tensor", DType.F32, size);
                }
            }
            afterFirst = step == 0 ? device.reservedBytes() : afterFirst;
        }
        assertEquals(afterFirst, device.reservedBytes());
        assertTrue(afterFirst > 0);
    }

    @Test
    void sizeClassesWasteAnEighthAtMost() {
        var random = new SplittableRandom(5);
        for (int i = 0; i < 1000; i++) {
            long bytes = random.nextLong(1, 1L << random.nextInt(1, 40));
            long size = HostBacking.sizeClass(bytes);
            assertTrue(size >= bytes && (size <= 2304 ? size - bytes < 256 : size - bytes <= bytes / 8), bytes + " in " + size);
            assertEquals(size, HostBacking.sizeClass(size));
        }
    }

    @Test
    void unwrittenMemoryReadsAsNaNUnderAssertions() {
        try (var scope = device.openScope("first")) {
            assertTrue(Float.isNaN(scope.allocateHost("fresh", DType.F32, 8).getFloat(7)));
            scope.allocateHost("written", DType.F32, 8).copyFrom(new float[8]);
        }
        try (var scope = device.openScope("second")) {
            assertTrue(Float.isNaN(scope.allocateHost("one", DType.F32, 8).getFloat(0)));
            assertTrue(Float.isNaN(scope.allocateHost("other", DType.F32, 8).getFloat(0)));
        }
    }

    @Test
    void viewsShareMemoryAndStayInside() {
        try (var scope = device.openScope("step")) {
            var buffer = scope.allocateHost("x", DType.F32, 6).copyFrom(new float[] {0, 1, 2, 3, 4, 5});
            var view = buffer.slice(1, 4).slice(1, 2);
            view.setFloat(1, 30);
            assertArrayEquals(new float[] {0, 1, 2, 30, 4, 5}, buffer.toFloats());
            assertEquals(8, view.bytes());
            assertThrows(IndexOutOfBoundsException.class, () -> view.slice(1, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> view.getFloat(2));
            assertEquals(0, buffer.segment().address() % 64);
        }
    }

    @Test
    void refusesNegativeAndOverflowingCounts() {
        try (var scope = device.openScope("step")) {
            assertThrows(IllegalArgumentException.class, () -> scope.allocate("x", DType.F32, -1));
            assertThrows(ArithmeticException.class, () -> scope.allocate("x", DType.F32, Long.MAX_VALUE));
            assertEquals(0, scope.allocateHost("none", DType.F32, 0).toFloats().length);
        }
    }

    @Test
    void threadsNeverGetTheSameMemory() throws InterruptedException {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int id = 0; id < 4; id++) {
            int mark = id;
            threads.add(Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> failures.add(e)).start(() -> useScopes(mark)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        assertEquals(0, device.heldBytes());
    }

    private void useScopes(int mark) {
        for (int i = 0; i < 500; i++) {
            try (var scope = device.openScope("thread " + mark)) {
                var buffer = scope.allocateHost("mine", DType.I32, 64);
                buffer.segment().fill((byte) mark);
                scope.allocateHost("more", DType.I32, 64).segment().fill((byte) mark);
                assertEquals(mark * 0x01010101, buffer.getInt(63));
            }
        }
    }
}
