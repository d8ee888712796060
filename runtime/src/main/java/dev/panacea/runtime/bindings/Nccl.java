package dev.panacea.runtime.bindings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.LibraryFinding;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.Reduction;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * NVIDIA's collective communication, bound by FFM: libnccl 2.18 or newer. Calls on a communicator return their ncclResult_t, since
 * {@link NcclStatus#IN_PROGRESS} is no error there; the others throw {@link CudaException}. Addresses are device addresses.
 */
public final class Nccl {
    /** Bytes of a unique id. */
    public static final int ID_BYTES = 128;

    private static final SystemLibrary LIBRARY = new SystemLibrary("NCCL", "panacea.libnccl", List.of("libnccl.so.2"),
        "install NCCL 2.18 or newer for the installed CUDA", "training on several GPUs cannot run; one GPU can");

    private static final StructLayout UNIQUE_ID = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(ID_BYTES, JAVA_BYTE));

    // ncclResult_t ncclCommInitRank(ncclComm_t *comm, int nranks, ncclUniqueId commId, int rank), the id by value
    private static final MethodHandle INIT_RANK = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, UNIQUE_ID, JAVA_INT));
    // ncclResult_t ncclCommInitRankConfig(the same, ncclConfig_t *config)
    private static final MethodHandle INIT_RANK_CONFIG = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, UNIQUE_ID, JAVA_INT, JAVA_LONG));
    // ncclResult_t ncclAllReduce(const void *sendbuff, void *recvbuff, size_t count, ncclDataType_t datatype, ncclRedOp_t op,
    //     ncclComm_t comm, cudaStream_t stream); ncclReduceScatter has recvcount for count; ncclBroadcast has int root for op
    private static final MethodHandle REDUCE = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    // ncclResult_t ncclAllGather(const void *sendbuff, void *recvbuff, size_t sendcount, ncclDataType_t datatype, ncclComm_t comm,
    //     cudaStream_t stream)
    private static final MethodHandle GATHER = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    // const char *ncclGetErrorString(ncclResult_t result)
    private static final MethodHandle TEXT_OF_STATUS = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
    // const char *ncclGetLastError(ncclComm_t comm)
    private static final MethodHandle TEXT_OF_COMMUNICATOR = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));

    private final OpenLibrary library;
    private final MemorySegment getVersion;
    private final MemorySegment getUniqueId;
    private final MemorySegment commInitRank;
    private final MemorySegment commInitRankConfig;
    private final MemorySegment commFinalize;
    private final MemorySegment commDestroy;
    private final MemorySegment commAbort;
    private final MemorySegment commGetAsyncError;
    private final MemorySegment commCount;
    private final MemorySegment commUserRank;
    private final MemorySegment getErrorString;
    private final MemorySegment getLastError;
    private final MemorySegment allReduce;
    private final MemorySegment broadcast;
    private final MemorySegment allGather;
    private final MemorySegment reduceScatter;
    private final MemorySegment groupStart;
    private final MemorySegment groupEnd;

    private Nccl(OpenLibrary library) {
        this.library = library;
        getVersion = library.require("ncclGetVersion");
        getUniqueId = library.require("ncclGetUniqueId");
        commInitRank = library.require("ncclCommInitRank");
        commInitRankConfig = library.require("ncclCommInitRankConfig");
        commFinalize = library.require("ncclCommFinalize");
        commDestroy = library.require("ncclCommDestroy");
        commAbort = library.require("ncclCommAbort");
        commGetAsyncError = library.require("ncclCommGetAsyncError");
        commCount = library.require("ncclCommCount");
        commUserRank = library.require("ncclCommUserRank");
        getErrorString = library.require("ncclGetErrorString");
        getLastError = library.require("ncclGetLastError");
        allReduce = library.require("ncclAllReduce");
        broadcast = library.require("ncclBroadcast");
        allGather = library.require("ncclAllGather");
        reduceScatter = library.require("ncclReduceScatter");
        groupStart = library.require("ncclGroupStart");
        groupEnd = library.require("ncclGroupEnd");
        library.verify();
    }

    /** @throws MissingLibraryException where no NCCL is installed, or it is older than 2.14 */
    public static Nccl load() {
        return new Nccl(LIBRARY.open());
    }

    /** The library in {@code file} and no other. */
    public static Nccl load(Path file) {
        return new Nccl(LIBRARY.open(file));
    }

    /** What this machine has. */
    public static LibraryFinding finding() {
        return LIBRARY.finding(() -> load().found());
    }

    public LibraryFinding.Found found() {
        int version = version();
        return library.found(version / 10_000 + "." + version / 100 % 100 + "." + version % 100);
    }

    /** As 10000 · major + 100 · minor + patch; asks no device. */
    public int version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(JAVA_INT);
            // ncclResult_t ncclGetVersion(int *version)
            check("ncclGetVersion", NativeCalls.call(getVersion, version.address()));
            return version.get(JAVA_INT, 0);
        }
    }

    /** A new id, by which the ranks of one communicator find each other; this process listens for them. */
    public byte[] uniqueId() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(UNIQUE_ID);
            // ncclResult_t ncclGetUniqueId(ncclUniqueId *uniqueId)
            check("ncclGetUniqueId", NativeCalls.call(getUniqueId, id.address()));
            return id.toArray(JAVA_BYTE);
        }
    }

    /** A status and, for what makes one, the communicator: 0 where there is none. */
    public record Joined(int status, long communicator) { }

    /** Joins as {@code rank} of {@code ranks} on the current device, and waits for the others without end. */
    public Joined initRank(int ranks, byte[] id, int rank) {
        requireId(id);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment communicator = arena.allocate(JAVA_LONG);
            int status = (int) INIT_RANK.invokeExact(commInitRank, communicator.address(), ranks, arena.allocateFrom(JAVA_BYTE, id), rank);
            return new Joined(status, communicator.get(JAVA_LONG, 0));
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    /** {@link #initRank} where {@code config} may ask for calls that do not block. */
    public Joined initRank(int ranks, byte[] id, int rank, NcclConfig config) {
        requireId(id);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment communicator = arena.allocate(JAVA_LONG);
            int status = (int) INIT_RANK_CONFIG.invokeExact(commInitRankConfig, communicator.address(), ranks,
                arena.allocateFrom(JAVA_BYTE, id), rank, config.toNative(arena).address());
            return new Joined(status, communicator.get(JAVA_LONG, 0));
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    private static void requireId(byte[] id) {
        if (id.length != ID_BYTES) {
            throw new IllegalArgumentException("a unique id has " + ID_BYTES + " bytes, and not " + id.length);
        }
    }

    // ncclResult_t ncclCommFinalize(ncclComm_t comm)
    public int finish(long communicator) {
        return NativeCalls.call(commFinalize, communicator);
    }

    // ncclResult_t ncclCommDestroy(ncclComm_t comm)
    public int destroy(long communicator) {
        return NativeCalls.call(commDestroy, communicator);
    }

    // ncclResult_t ncclCommAbort(ncclComm_t comm)
    public int abort(long communicator) {
        return NativeCalls.call(commAbort, communicator);
    }

    // ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *asyncError)
    /** How the communicator is: success, still under way, or what failed at some time after its call returned. */
    public int asyncError(long communicator) {
        return query("ncclCommGetAsyncError", commGetAsyncError, communicator);
    }

    // ncclResult_t ncclCommCount(const ncclComm_t comm, int *count)
    public int count(long communicator) {
        return query("ncclCommCount", commCount, communicator);
    }

    // ncclResult_t ncclCommUserRank(const ncclComm_t comm, int *rank)
    public int userRank(long communicator) {
        return query("ncclCommUserRank", commUserRank, communicator);
    }

    private int query(String call, MemorySegment function, long communicator) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(JAVA_INT);
            check(call, NativeCalls.call(function, communicator, answer.address()));
            return answer.get(JAVA_INT, 0);
        }
    }

    /** What the library says of a status. */
    public String text(int status) {
        try {
            return CString.at((long) TEXT_OF_STATUS.invokeExact(getErrorString, status));
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    /** What the library last complained of; communicator 0 for what happened outside of any. */
    public String lastError(long communicator) {
        try {
            return CString.at((long) TEXT_OF_COMMUNICATOR.invokeExact(getLastError, communicator));
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    public int allReduce(long from, long to, long count, DType dtype, Reduction reduction, long communicator, long stream) {
        return reduce(allReduce, from, to, count, dtype, reduction.code(), communicator, stream);
    }

    /** @param count elements that this rank is left with; it gives {@code count} times the number of ranks */
    public int reduceScatter(long from, long to, long count, DType dtype, Reduction reduction, long communicator, long stream) {
        return reduce(reduceScatter, from, to, count, dtype, reduction.code(), communicator, stream);
    }

    public int broadcast(long from, long to, long count, DType dtype, int root, long communicator, long stream) {
        return reduce(broadcast, from, to, count, dtype, root, communicator, stream);
    }

    private static int reduce(MemorySegment function, long from, long to, long count, DType dtype, int how, long communicator,
                              long stream) {
        try {
            return (int) REDUCE.invokeExact(function, from, to, count, type(dtype), how, communicator, stream);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    /** @param count elements that this rank gives; it gets {@code count} times the number of ranks */
    public int allGather(long from, long to, long count, DType dtype, long communicator, long stream) {
        try {
            return (int) GATHER.invokeExact(allGather, from, to, count, type(dtype), communicator, stream);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    // ncclResult_t ncclGroupStart(void)
    public int groupStart() {
        return NativeCalls.call(groupStart);
    }

    // ncclResult_t ncclGroupEnd(void)
    public int groupEnd() {
        return NativeCalls.call(groupEnd);
    }

    /** ncclDataType_t. */
    private static int type(DType dtype) {
        return switch (dtype) {
            case U8 -> 1;
            case I32 -> 2;
            case I64 -> 4;
            case F16 -> 6;
            case F32 -> 7;
            case BF16 -> 9;
        };
    }

    private void check(String call, int status) {
        if (status != NcclStatus.SUCCESS) {
            throw new CudaException(call, NcclStatus.error(status), lastError(0));
        }
    }

    private static IllegalStateException notCalled(Throwable cause) {
        return new IllegalStateException("a function of NCCL could not be called", cause);
    }
}
