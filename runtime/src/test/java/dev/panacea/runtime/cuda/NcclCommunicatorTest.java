package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.bindings.CStub;
import dev.panacea.runtime.bindings.Nccl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NcclCommunicatorTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final CudaStream STREAM = new CudaStream(0x7777);

    @TempDir
    Path folder;

    private CStub stub;

    // Anew for every test, since the stand-in keeps the history of its calls.
    @BeforeEach
    void compile() {
        stub = CStub.compile("nccl", folder);
    }

    private NcclCommunicator join(Duration patience) {
        return NcclCommunicator.join(Nccl.load(stub.file()), new byte[Nccl.ID_BYTES], 4, 2, patience);
    }

    private void settleAfter(int polls, int status) {
        stub.call("stub_settle", polls, status);
    }

    private void assertHistory(String calls) {
        assertEquals(calls, stub.text("stub_history").strip());
    }

    private static Map.Entry<String, Consumer<NcclCommunicator>> call(String name, Consumer<NcclCommunicator> call) {
        return Map.entry(name, call);
    }

    static Stream<Map.Entry<String, Consumer<NcclCommunicator>>> collectives() {
        return Stream.of(
            call("ncclAllReduce", c -> c.allReduce(1, 2, 3, DType.F32, Reduction.SUM, STREAM)),
            call("ncclBroadcast", c -> c.broadcast(1, 2, 3, DType.BF16, 1, STREAM)),
            call("ncclAllGather", c -> c.allGather(1, 2, 3, DType.F16, STREAM)),
            call("ncclReduceScatter", c -> c.reduceScatter(1, 2, 3, DType.I64, Reduction.MAXIMUM, STREAM)));
    }

    @Test
    void aLifeWithoutTrouble() {
        try (var communicator = join(LONG)) {
            assertEquals(12345678, communicator.ranks());
            assertEquals(87654321, communicator.rank());
            communicator.allReduce(1, 2, 3, DType.F32, Reduction.SUM, STREAM);
            communicator.check();
        }
        assertHistory("ncclCommInitRankConfig ncclCommCount ncclCommUserRank ncclAllReduce ncclCommFinalize ncclCommDestroy");
    }

    @Test
    void whatIsUnderWayIsWaitedFor() {
        settleAfter(5, 0);
        var communicator = join(LONG);
        settleAfter(3, 0);
        communicator.allReduce(1, 2, 3, DType.F32, Reduction.SUM, STREAM);
        settleAfter(4, 0);
        communicator.close();
        communicator.close();
        assertHistory("ncclCommInitRankConfig ncclAllReduce ncclCommFinalize ncclCommDestroy");
    }

    @ParameterizedTest
    @MethodSource("collectives")
    void aRefusedCallAborts(Map.Entry<String, Consumer<NcclCommunicator>> collective) {
        try (var communicator = join(LONG)) {
            stub.fail(collective.getKey(), 5);
            var failure = assertThrows(CudaException.class, () -> collective.getValue().accept(communicator));
            assertEquals(collective.getKey(), failure.call());
            assertEquals("ncclInvalidUsage", failure.error().name());
            assertTrue(failure.getMessage().contains("rank 2, the cable of this communicator"), failure.getMessage());
            var refusal = assertThrows(IllegalStateException.class, () -> collective.getValue().accept(communicator));
            assertTrue(refusal.getMessage().contains("rank 2 was aborted after a failure"), refusal.getMessage());
        }
        assertHistory("ncclCommInitRankConfig " + collective.getKey() + " ncclCommAbort");
    }

    @ParameterizedTest
    @MethodSource("collectives")
    void aFailureOnTheWayAborts(Map.Entry<String, Consumer<NcclCommunicator>> collective) {
        try (var communicator = join(LONG)) {
            settleAfter(2, 6);
            var failure = assertThrows(CudaException.class, () -> collective.getValue().accept(communicator));
            assertEquals("ncclRemoteError", failure.error().name());
        }
        assertHistory("ncclCommInitRankConfig " + collective.getKey() + " ncclCommAbort");
    }

    @Test
    void aFailureAfterwardsIsFoundByAsking() {
        try (var communicator = join(LONG)) {
            communicator.allReduce(1, 2, 3, DType.F32, Reduction.SUM, STREAM);
            settleAfter(1, 6);
            communicator.check();
            var failure = assertThrows(CudaException.class, communicator::check);
            assertEquals("ncclCommGetAsyncError", failure.call());
            assertThrows(IllegalStateException.class, communicator::check);
        }
        assertHistory("ncclCommInitRankConfig ncclAllReduce ncclCommAbort");
    }

    @Test
    void patienceEnds() {
        settleAfter(Integer.MAX_VALUE, 0);
        var failure = assertThrows(CudaException.class, () -> join(Duration.ofMillis(5)));
        assertTrue(failure.getMessage().contains("rank 2, not done after 5 ms"), failure.getMessage());
        assertHistory("ncclCommInitRankConfig ncclCommAbort");
    }

    @Test
    void soItDoesAtTheEnd() {
        var communicator = join(Duration.ofMillis(5));
        settleAfter(Integer.MAX_VALUE, 0);
        assertEquals("ncclCommFinalize", assertThrows(CudaException.class, communicator::close).call());
        communicator.close();
        assertHistory("ncclCommInitRankConfig ncclCommFinalize ncclCommAbort");
    }

    @Test
    void joiningRefusedOutrightAbortsNothing() {
        stub.fail("ncclCommInitRankConfig", 1);
        var failure = assertThrows(CudaException.class, () -> join(LONG));
        assertEquals("ncclUnhandledCudaError", failure.error().name());
        assertTrue(failure.getMessage().contains("the cable of none"), failure.getMessage());
        assertHistory("ncclCommInitRankConfig");
    }

    @Test
    void aGroupIsWaitedForAsOne() {
        try (var communicator = join(LONG)) {
            settleAfter(3, 0);
            communicator.together(() -> {
                communicator.allReduce(1, 2, 3, DType.F32, Reduction.SUM, STREAM);
                communicator.broadcast(1, 2, 3, DType.F32, 0, STREAM);
            });
            assertEquals(0, (int) stub.call("stub_polled_in_group"));
        }
        assertHistory("ncclCommInitRankConfig ncclGroupStart ncclAllReduce ncclBroadcast ncclGroupEnd ncclCommFinalize ncclCommDestroy");
    }

    @Test
    void aGroupEndsWhateverHappensInIt() {
        try (var communicator = join(LONG)) {
            var thrown = new IllegalArgumentException("of the caller");
            assertEquals(thrown, assertThrows(IllegalArgumentException.class, () -> communicator.together(() -> {
                throw thrown;
            })));
            stub.fail("ncclGroupEnd", 3);
            assertEquals("ncclGroupEnd", assertThrows(CudaException.class, () -> communicator.together(() -> { })).call());
        }
        assertHistory("ncclCommInitRankConfig ncclGroupStart ncclGroupEnd ncclGroupStart ncclGroupEnd ncclCommAbort");
    }

    @Test
    void anotherThreadMayAbortAWait() throws InterruptedException {
        var communicator = join(LONG);
        settleAfter(Integer.MAX_VALUE, 0);
        Thread aborting = Thread.ofPlatform().start(() -> {
            while (!stub.text("stub_history").contains("ncclAllReduce")) {
                Thread.onSpinWait();
            }
            communicator.abort();
        });
        assertThrows(IllegalStateException.class, () -> communicator.allReduce(1, 2, 3, DType.F32, Reduction.SUM, STREAM));
        aborting.join();
        assertHistory("ncclCommInitRankConfig ncclAllReduce ncclCommAbort");
    }

    @Test
    void anInterruptEndsAWait() {
        var communicator = join(LONG);
        settleAfter(Integer.MAX_VALUE, 0);
        Thread.currentThread().interrupt();
        var failure = assertThrows(CudaException.class, () -> communicator.allReduce(1, 2, 3, DType.F32, Reduction.SUM, STREAM));
        assertTrue(Thread.interrupted());
        assertTrue(failure.getMessage().contains("interrupted"), failure.getMessage());
    }

    @Test
    void destroyingThatFailsIsTold() {
        var communicator = join(LONG);
        stub.fail("ncclCommDestroy", 3);
        assertEquals("ncclCommDestroy", assertThrows(CudaException.class, communicator::close).call());
        assertThrows(IllegalStateException.class, communicator::ranks);
    }
}
