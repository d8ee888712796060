package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.LibraryFinding;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.Reduction;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NcclTest {
    private static final long COMMUNICATOR = 0x1a2b3c4d5e6f7081L;
    private static final long FROM = 0x1111111122222222L;
    private static final long TO = 0x3333333344444444L;
    private static final long COUNT = 0x5555555566666666L;
    private static final long STREAM = 0x7777777788888888L;

    @TempDir
    static Path folder;

    private static CStub stub;
    private static Nccl nccl;

    // Once, but asked for by each test, so that each is skipped by name where there is no compiler.
    @BeforeEach
    void compile() {
        if (stub == null) {
            stub = CStub.compile("nccl", folder);
            nccl = Nccl.load(stub.file());
        }
        stub.fail("", 0);
    }

    private static byte[] randomId() {
        byte[] id = new byte[Nccl.ID_BYTES];
        new SplittableRandom().nextBytes(id);
        return id;
    }

    // The weights tell bytes apart that changed places.
    private static long weightedSum(byte[] id) {
        return IntStream.range(0, id.length).mapToLong(i -> (i + 1L) * Byte.toUnsignedInt(id[i])).sum();
    }

    @Test
    void prototypesAreThoseOfTheHeader() {
        Assumptions.assumeTrue(stub.text("stub_prototypes").equals("header"),
            "nccl.h is not installed here: the prototypes are written from the documentation");
    }

    @Test
    void theIdArrivesByValue() {
        byte[] id = randomId();
        long first = Byte.toUnsignedInt(id[0]);
        long last = Byte.toUnsignedInt(id[127]);
        assertEquals(new Nccl.Joined(0, COMMUNICATOR), nccl.initRank(0x01020304, id, 0x05060708));
        stub.assertCalled("ncclCommInitRank", 0x01020304, 0x05060708, weightedSum(id), first, last);
        assertEquals(new Nccl.Joined(0, COMMUNICATOR), nccl.initRank(0x01020304, id, 0x05060708, new NcclConfig(false)));
        // Size, magic, version, blocking; whether all else is undefined, and the bytes that newer libraries read behind it too.
        stub.assertCalled("ncclCommInitRankConfig", 0x01020304, 0x05060708, weightedSum(id), first, last, 48, 1, 21801, 0, 1, 1);
        nccl.initRank(2, id, 1, new NcclConfig(true));
        stub.assertCalled("ncclCommInitRankConfig", 2, 1, weightedSum(id), first, last, 48, 1, 21801, 1, 1, 1);
    }

    @Test
    void aNewIdComesBackWhole() {
        byte[] id = nccl.uniqueId();
        for (int i = 0; i < Nccl.ID_BYTES; i++) {
            assertEquals(255 - i, Byte.toUnsignedInt(id[i]));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 127, 129})
    void idsOfOtherLengthsAreRefused(int length) {
        assertThrows(IllegalArgumentException.class, () -> nccl.initRank(1, new byte[length], 0));
        assertThrows(IllegalArgumentException.class, () -> nccl.initRank(1, new byte[length], 0, new NcclConfig(true)));
    }

    @ParameterizedTest
    @CsvSource({"U8, 1", "I32, 2", "I64, 4", "F16, 6", "F32, 7", "BF16, 9"})
    void collectivesArriveWhole(DType dtype, int type) {
        assertEquals(0, nccl.allReduce(FROM, TO, COUNT, dtype, Reduction.AVERAGE, COMMUNICATOR, STREAM));
        stub.assertCalled("ncclAllReduce", FROM, TO, COUNT, type, 4, COMMUNICATOR, STREAM);
        assertEquals(0, nccl.reduceScatter(FROM, TO, COUNT, dtype, Reduction.MINIMUM, COMMUNICATOR, STREAM));
        stub.assertCalled("ncclReduceScatter", FROM, TO, COUNT, type, 3, COMMUNICATOR, STREAM);
        assertEquals(0, nccl.broadcast(FROM, TO, COUNT, dtype, 0x0badcafe, COMMUNICATOR, STREAM));
        stub.assertCalled("ncclBroadcast", FROM, TO, COUNT, type, 0x0badcafe, COMMUNICATOR, STREAM);
        assertEquals(0, nccl.allGather(FROM, TO, COUNT, dtype, COMMUNICATOR, STREAM));
        stub.assertCalled("ncclAllGather", FROM, TO, COUNT, type, COMMUNICATOR, STREAM);
    }

    @ParameterizedTest
    @CsvSource({"SUM, 0", "PRODUCT, 1", "MAXIMUM, 2", "MINIMUM, 3", "AVERAGE, 4"})
    void reductionsHaveTheirNumbers(Reduction reduction, int code) {
        nccl.allReduce(FROM, TO, COUNT, DType.F32, reduction, COMMUNICATOR, STREAM);
        stub.assertCalled("ncclAllReduce", FROM, TO, COUNT, 7, code, COMMUNICATOR, STREAM);
    }

    @Test
    void questionsAreAnswered() {
        assertEquals(22304, nccl.version());
        assertEquals(12345678, nccl.count(COMMUNICATOR));
        stub.assertCalled("ncclCommCount", COMMUNICATOR);
        assertEquals(87654321, nccl.userRank(COMMUNICATOR));
        stub.assertCalled("ncclCommUserRank", COMMUNICATOR);
        assertEquals("the cable of this communicator", nccl.lastError(COMMUNICATOR));
        assertEquals("the cable of none", nccl.lastError(0));
        assertEquals("the library's text of status 6", nccl.text(6));
        assertEquals(0, nccl.asyncError(COMMUNICATOR));
        stub.assertCalled("ncclCommGetAsyncError", COMMUNICATOR);
        assertEquals(new LibraryFinding.Found("NCCL", stub.file().toString(), "2.23.4"), nccl.found());
    }

    static Stream<Map.Entry<String, ToIntFunction<Nccl>>> calls() {
        return Map.<String, ToIntFunction<Nccl>>of(
            "ncclCommFinalize", library -> library.finish(COMMUNICATOR),
            "ncclCommDestroy", library -> library.destroy(COMMUNICATOR),
            "ncclCommAbort", library -> library.abort(COMMUNICATOR),
            "ncclAllReduce", library -> library.allReduce(FROM, TO, COUNT, DType.F32, Reduction.SUM, COMMUNICATOR, STREAM),
            "ncclBroadcast", library -> library.broadcast(FROM, TO, COUNT, DType.F32, 0, COMMUNICATOR, STREAM),
            "ncclAllGather", library -> library.allGather(FROM, TO, COUNT, DType.F32, COMMUNICATOR, STREAM),
            "ncclReduceScatter", library -> library.reduceScatter(FROM, TO, COUNT, DType.F32, Reduction.SUM, COMMUNICATOR, STREAM),
            "ncclGroupStart", Nccl::groupStart,
            "ncclGroupEnd", Nccl::groupEnd,
            "ncclCommInitRank", library -> library.initRank(1, randomId(), 0).status()).entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void everyStatusIsReturned(Map.Entry<String, ToIntFunction<Nccl>> call) {
        stub.fail(call.getKey(), 6);
        assertEquals(6, call.getValue().applyAsInt(nccl));
        assertEquals(call.getKey(), stub.text("stub_called"));
        stub.fail("", 0);
        assertEquals(0, call.getValue().applyAsInt(nccl));
    }

    static Stream<Map.Entry<String, Runnable>> questions() {
        return Map.<String, Runnable>of(
            "ncclGetVersion", () -> nccl.version(),
            "ncclGetUniqueId", () -> nccl.uniqueId(),
            "ncclCommGetAsyncError", () -> nccl.asyncError(COMMUNICATOR),
            "ncclCommCount", () -> nccl.count(COMMUNICATOR),
            "ncclCommUserRank", () -> nccl.userRank(COMMUNICATOR)).entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("questions")
    void everyStatusIsChecked(Map.Entry<String, Runnable> question) {
        stub.fail(question.getKey(), 2);
        var failure = assertThrows(CudaException.class, question.getValue()::run);
        assertEquals(question.getKey(), failure.call());
        assertEquals("ncclSystemError", failure.error().name());
        assertTrue(failure.getMessage().contains("the cable of none") && failure.getMessage().contains("NCCL_SOCKET_IFNAME"),
            failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"1, ncclUnhandledCudaError", "2, ncclSystemError", "3, ncclInternalError", "4, ncclInvalidArgument", "5, ncclInvalidUsage",
        "6, ncclRemoteError", "7, ncclInProgress", "8, ncclTimeout", "77, an unknown ncclResult_t"})
    void statusesHaveNames(int code, String name) {
        assertEquals(name, NcclStatus.error(code).name());
        assertEquals(code, NcclStatus.error(code).code());
    }

    @Test
    void theInstalledLibraryMakesAnId() {
        LibraryFinding finding = Nccl.finding();
        Assumptions.assumeTrue(finding instanceof LibraryFinding.Found, () -> "no NCCL is installed here: " + finding);
        assertTrue(assertInstanceOf(LibraryFinding.Found.class, finding).version().matches("2\\.\\d+\\.\\d+"), finding.toString());
        assertEquals(Nccl.ID_BYTES, Nccl.load().uniqueId().length);
    }
}
