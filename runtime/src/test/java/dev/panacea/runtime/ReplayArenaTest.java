package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.FakeDriver;
import dev.panacea.runtime.cuda.Graph;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayArenaTest {
    private static final int COUNT = 100;

    private final SplittableRandom random = new SplittableRandom();
    private final CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0);
    private final MemoryScope scope = device.openScope("test");
    private final Buffer input = scope.allocate("input", DType.I32, COUNT);
    private final Buffer output = scope.allocate("output", DType.I32, COUNT);

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    private int[] draw(int count) {
        return random.ints(count).toArray();
    }

    /** Input to output by way of scratch memory, of which there are {@code pieces}, one after the other or all at once. */
    private void relay(int pieces, boolean atOnce) {
        try (MemoryScope work = device.openScope("relay")) {
            Buffer from = input;
            for (int i = 0; i < pieces; i++) {
                Buffer to = work.allocate("scratch", DType.I32, COUNT);
                to.copyFrom(from);
                if (!atOnce && from != input) {
                    work.release(from);
                }
                from = to;
            }
            output.copyFrom(from);
        }
    }

    @Test
    void aReplayFindsTheArenasMemoryWhateverTheDeviceDidBetween() {
        try (ReplayArena arena = device.openReplayArena()) {
            arena.run(() -> relay(3, false)).close();
            try (Graph graph = arena.capture(() -> relay(3, false))) {
                for (int turn = 0; turn < 4; turn++) {
                    int[] values = draw(COUNT);
                    input.copyFrom(values);
                    try (MemoryScope others = device.openScope("others")) {
                        Buffer other = others.allocate("other", DType.I32, COUNT).copyFrom(draw(COUNT));
                        int[] before = other.toInts();
                        graph.launch(device.computeStream());
                        assertArrayEquals(values, output.toInts());
                        assertArrayEquals(before, other.toInts(), "a graph writes into nothing but its own");
                    }
                }
            }
        }
    }

    @Test
    void worksShareTheMemoryAndClosingGivesItBack() {
        long reserved = device.reservedBytes();
        long piece = COUNT * DType.I32.bytes();
        try (ReplayArena arena = device.openReplayArena()) {
            arena.run(() -> relay(3, true)).close();
            assertEquals(3 * piece, arena.bytes());
            arena.run(() -> relay(2, true)).close();
            arena.run(() -> relay(9, false)).close();
            assertEquals(3 * piece, arena.bytes());
            assertEquals(reserved + 3 * piece, device.reservedBytes());
            assertTrue(assertThrows(IllegalStateException.class, device::close).getMessage().contains("replay arena is open"));
        }
        assertEquals(reserved, device.reservedBytes());
    }

    @Test
    void aCaptureThatNeedsMoreThanThereIsRunsNothingAndCanBeMadeGood() {
        input.copyFrom(draw(COUNT));
        int[] untouched = draw(COUNT);
        output.copyFrom(untouched);
        try (ReplayArena arena = device.openReplayArena()) {
            arena.run(() -> { }).close();
            String message = assertThrows(IllegalStateException.class, () -> arena.capture(() -> relay(2, true))).getMessage();
            assertTrue(message.contains("while its compute stream is captured"), message);
            assertArrayEquals(untouched, output.toInts());
            arena.run(() -> relay(2, true)).close();
            output.copyFrom(untouched);
            arena.capture(() -> relay(2, true)).close();
            assertArrayEquals(untouched, output.toInts(), "what is captured does not run");
        }
    }

    @Test
    void whatOutlivesItsWorkIsRefused() {
        try (ReplayArena arena = device.openReplayArena()) {
            MemoryScope outer = device.openScope("outer");
            arena.run(() -> outer.allocate("kept", DType.I32, COUNT)).close();
            String message = assertThrows(IllegalStateException.class, arena::requireFree).getMessage();
            assertTrue(message.contains("keeps 400 bytes"), message);
            outer.close();
            arena.requireFree();
        }
    }

    @Test
    void tablesOfCapturedWorkStayAndOthersGo() {
        int[] values = draw(COUNT);
        try (ReplayArena arena = device.openReplayArena()) {
            HeldTables held = arena.run(() -> output.copyFrom(device.table(values)));
            long address = CudaBuffer.address(device.table(values));
            for (int i = 0; i < 200; i++) {
                device.table(draw(10));
            }
            assertEquals(address, CudaBuffer.address(device.table(values)));
            output.fill((byte) 0);
            try (Graph graph = arena.capture(() -> output.copyFrom(device.table(values)))) {
                graph.launch(device.computeStream());
            }
            assertArrayEquals(values, output.toInts());
            long most = device.heldBytes();
            held.close();
            for (int i = 0; i < 200; i++) {
                device.table(draw(10));
            }
            assertEquals(most - COUNT * DType.I32.bytes() + 10 * DType.I32.bytes(), device.heldBytes(), "another takes its place");
        }
    }

    @Test
    void aTableThatIsNotThereCannotBeCaptured() {
        try (ReplayArena arena = device.openReplayArena()) {
            assertThrows(IllegalStateException.class, () -> arena.capture(() -> output.copyFrom(device.table(draw(COUNT)))));
            assertNotEquals(0, device.table(draw(3)).count(), "the device goes on");
        }
    }

    @Test
    void copiesBesideADeviceAreThereOnceAwaited() {
        try (HostDevice host = new HostDevice(1); MemoryScope onHost = host.openScope("host")) {
            for (Buffer there : new Buffer[] {output, onHost.allocate("output", DType.I32, COUNT)}) {
                try (TransferArea area = TransferArea.beside(there.device())) {
                    MemorySegment from = area.allocate(there.bytes());
                    MemorySegment to = area.allocate(there.bytes());
                    int[] values = draw(COUNT);
                    MemorySegment.copy(values, 0, from, ValueLayout.JAVA_INT, 0, COUNT);
                    area.upload(from, there);
                    area.download(there, to);
                    area.await();
                    assertArrayEquals(values, to.toArray(ValueLayout.JAVA_INT));
                }
            }
        }
    }

    /** The addresses that random takings and givings of one seed are served with. */
    private static List<Long> addresses(CudaDevice device, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Long> addresses = new ArrayList<>();
        List<Buffer> held = new ArrayList<>();
        try (MemoryScope scope = device.openScope("work")) {
            for (int i = 0; i < 300; i++) {
                if (held.size() > 20 || !held.isEmpty() && random.nextInt(3) == 0) {
                    scope.release(held.remove(random.nextInt(held.size())));
                } else {
                    held.add(scope.allocate("piece", DType.U8, 1 + random.nextLong(1L << random.nextInt(1, 22))));
                    addresses.add(CudaBuffer.address(held.getLast()));
                }
            }
        }
        return addresses;
    }

    /** Where segments are cut up, as on a GPU. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aSequenceThatFitsFindsTheSameAddressesAgain(long seed) {
        FakeDriver driver = new FakeDriver(1, 1L << 30);
        try (CudaDevice cuda = CudaDevice.open(driver, 0)) {
            try (ReplayArena arena = cuda.openReplayArena(); MemoryScope outside = cuda.openScope("outside")) {
                long before;
                do {
                    before = arena.bytes();
                    arena.run(() -> addresses(cuda, seed)).close();
                    arena.run(() -> addresses(cuda, seed + 100)).close();
                    outside.allocate("of the pool", DType.U8, 100_000);
                } while (arena.bytes() > before);
                List<Long> first = new ArrayList<>();
                arena.run(() -> first.addAll(addresses(cuda, seed))).close();
                outside.allocate("of the pool", DType.U8, 1_000_000);
                List<Long> captured = new ArrayList<>();
                arena.capture(() -> captured.addAll(addresses(cuda, seed))).close();
                arena.requireFree();
                assertEquals(first, captured);
                assertEquals(before, arena.bytes());
            }
        }
        assertEquals(0, driver.allocatedBytes(0));
    }
}
