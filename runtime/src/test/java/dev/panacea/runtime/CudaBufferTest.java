package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.FakeDriver;
import dev.panacea.runtime.cuda.PinnedMemory;
import dev.panacea.runtime.cuda.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CudaBufferTest {
    private static final long[] ODD_BYTES = {0, 8, 24, 1000, 4104, Staging.SLOT_BYTES, Staging.SLOT_BYTES + 8, 5 * Staging.SLOT_BYTES - 8};

    private final FakeDriver driver = new FakeDriver(2, 64 << 20);
    private final CudaDevice device = CudaDevice.open(driver, 0);
    private final HostDevice host = new HostDevice(1);
    private final MemoryScope onDevice = device.openScope("device");
    private final MemoryScope onHost = host.openScope("host");

    @AfterEach
    void close() {
        onDevice.close();
        onHost.close();
        device.close();
        host.close();
        assertEquals(0, driver.openHandles());
    }

    private HostBuffer random(DType dtype, long count, long seed) {
        HostBuffer buffer = onHost.allocateHost("random", dtype, count);
        var random = new SplittableRandom(seed);
        for (long i = 0; i < buffer.bytes(); i++) {
            buffer.segment().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        return buffer;
    }

    private void assertSameBytes(HostBuffer expected, Buffer actual, String message) {
        HostBuffer copy = onHost.allocateHost("copy", actual.dtype(), actual.count());
        copy.fill((byte) 0x5A);
        copy.copyFrom(actual);
        assertEquals(-1, expected.segment().mismatch(copy.segment()), message);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyDtypeAndSizeGoesThereAndBack(DType dtype) {
        for (long bytes : ODD_BYTES) {
            HostBuffer values = random(dtype, bytes / dtype.bytes(), bytes);
            Buffer first = onDevice.allocate("first", dtype, values.count());
            Buffer second = onDevice.allocate("second", dtype, values.count());
            driver.hold(device.computeStream());
            first.copyFrom(values);
            second.copyFrom(first);
            first.fill((byte) 0);
            assertSameBytes(values, second, dtype + ", " + bytes + " bytes");
        }
    }

    @Test
    void unpinnedMemoryIsReadWhenAnUploadReturns() {
        driver.hold(device.computeStream());
        float[] values = {1, 2, 3};
        Buffer buffer = onDevice.allocate("values", DType.F32, 3).copyFrom(values);
        values[0] = 100;
        assertArrayEquals(new float[] {1, 2, 3}, buffer.toFloats());
    }

    @Test
    void pinnedMemoryIsCopiedInStreamOrder() {
        try (var pinned = new PinnedMemory(device.context()); var stream = new Stream(device.context())) {
            MemorySegment from = pinned.allocate(12);
            MemorySegment to = pinned.allocate(12);
            driver.hold(stream);
            CudaBuffer buffer = CudaBuffer.of(onDevice.allocate("values", DType.I32, 3));
            buffer.copyFrom(from, stream).copyTo(to, stream);
            from.copyFrom(MemorySegment.ofArray(new int[] {7, 8, 9}));
            stream.synchronize();
            assertArrayEquals(new int[] {7, 8, 9}, to.toArray(ValueLayout.JAVA_INT));
            assertArrayEquals(new int[] {7, 8, 9}, buffer.toInts());
        }
    }

    @Test
    void pinnedMemoryIsKnownWhileItLives() {
        MemorySegment segment;
        try (var pinned = new PinnedMemory(device.context()); var arena = Arena.ofConfined()) {
            segment = pinned.allocate(100);
            assertTrue(PinnedMemory.holds(segment) && PinnedMemory.holds(segment.asSlice(40, 60)));
            for (MemorySegment other : new MemorySegment[] {arena.allocate(10), MemorySegment.ofArray(new byte[10])}) {
                assertTrue(!PinnedMemory.holds(other));
            }
        }
        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
        assertTrue(!PinnedMemory.holds(segment));
    }

    @Test
    void aCopyThatDoesNotWaitNeedsPinnedMemory() {
        CudaBuffer buffer = CudaBuffer.of(onDevice.allocate("values", DType.I32, 3));
        MemorySegment heap = MemorySegment.ofArray(new int[3]);
        var thrown = assertThrows(IllegalArgumentException.class, () -> buffer.copyTo(heap, device.computeStream()));
        assertTrue(thrown.getMessage().contains("PinnedMemory"), thrown.getMessage());
    }

    @Test
    void viewsShareMemoryAndStayInside() {
        CudaBuffer buffer = CudaBuffer.of(onDevice.allocate("x", DType.I32, 6).copyFrom(new int[] {0, 1, 2, 3, 4, 5}));
        CudaBuffer view = buffer.slice(1, 4).slice(1, 2);
        view.fill((byte) 1);
        assertArrayEquals(new int[] {0, 1, 0x01010101, 0x01010101, 4, 5}, buffer.toInts());
        assertEquals(buffer.address() + 8, view.address());
        assertEquals(8, view.bytes());
        assertSame(device, view.device());
        assertThrows(IndexOutOfBoundsException.class, () -> view.slice(1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> view.copyFrom(new int[3]));
    }

    @Test
    void buffersThatDifferAreNotCopied() {
        Buffer buffer = onDevice.allocate("x", DType.I32, 6);
        var thrown = assertThrows(IllegalArgumentException.class, () -> buffer.copyFrom(random(DType.F32, 6, 1)));
        assertEquals("cannot copy random: F32[6] on host into x: I32[6] on cuda:0", thrown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> buffer.copyFrom(random(DType.I32, 5, 1)));
        assertThrows(IllegalArgumentException.class, () -> CudaBuffer.of(buffer).copyTo(MemorySegment.ofArray(new byte[23])));
        assertThrows(IllegalArgumentException.class, buffer::toFloats);
        assertThrows(IllegalArgumentException.class, () -> buffer.copyFrom(new float[1]));
    }

    @Test
    void aBufferOfTheOtherKindIsRefused() {
        Buffer buffer = onDevice.allocate("x", DType.I32, 6);
        assertThrows(IllegalArgumentException.class, () -> HostBuffer.segment(buffer));
        assertThrows(IllegalArgumentException.class, () -> CudaBuffer.address(random(DType.I32, 6, 1)));
        var thrown = assertThrows(BadInputException.class, () -> onDevice.allocateHost("tokens", DType.I32, 6));
        assertEquals("cuda:0 has no host memory for 'tokens' in this version; use --device host", thrown.getMessage());
    }

    @Test
    void twoDevicesWorkSideBySideAndCopyToEachOther() {
        try (var other = CudaDevice.open(driver, 1); var scope = other.openScope("other")) {
            assertEquals("cuda:1", other.name());
            HostBuffer values = random(DType.BF16, 3001, 3);
            Buffer source = onDevice.allocate("source", DType.BF16, 3001);
            Buffer target = scope.allocate("target", DType.BF16, 3001);
            long held = driver.allocatedBytes(0);
            driver.hold(device.computeStream());
            source.copyFrom(values);
            target.copyFrom(source);
            onDevice.release(source);
            Buffer next = onDevice.allocate("next", DType.BF16, 3001);
            next.fill((byte) 3);
            assertSameBytes(values, target, "the copy waits for its source, and its source for the copy");
            assertEquals(held, driver.allocatedBytes(0));
            assertTrue(driver.allocatedBytes(1) > 0);
        }
    }

    @Test
    void devicesOfTwoDriversDoNotCopyToEachOther() {
        try (var other = CudaDevice.open(new FakeDriver(1, 8 << 20), 0); var scope = other.openScope("other")) {
            Buffer target = scope.allocate("target", DType.F32, 4);
            var thrown = assertThrows(IllegalArgumentException.class, () -> target.copyFrom(onDevice.allocate("source", DType.F32, 4)));
            assertTrue(thrown.getMessage().contains("different drivers"), thrown.getMessage());
        }
    }

    @Test
    void onlyPinnedMemoryIsCopiedInACapture() {
        Buffer buffer = onDevice.allocate("x", DType.F32, 1);
        var thrown = assertThrows(IllegalStateException.class,
            () -> device.computeStream().capture(() -> buffer.copyFrom(new float[1])));
        assertTrue(thrown.getMessage().contains("PinnedMemory"), thrown.getMessage());
        assertNotNull(buffer.copyFrom(new float[1]).toFloats(), "the stream is no longer captured");
    }
}
