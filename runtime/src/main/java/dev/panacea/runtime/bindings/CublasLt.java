package dev.panacea.runtime.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.panacea.runtime.LibraryFinding;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/** The part of cuBLAS that plans one product and then runs it again and again: libcublasLt of CUDA 11, 12 or 13. */
public final class CublasLt {
    private static final SystemLibrary LIBRARY = new SystemLibrary("cuBLASLt", "panacea.libcublaslt",
        List.of("libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so.11"), "install cuBLAS of the CUDA toolkit, 11 to 13",
        "no planned matrix products on a GPU");

    // size_t cublasLtGetVersion(void)
    private static final MethodHandle VERSION = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_LONG));
    // cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t *matLayout, cudaDataType type, uint64_t rows, uint64_t cols,
    //     int64_t ld)
    private static final MethodHandle LAYOUT = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    // cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t operationDesc,
    //     cublasLtMatrixLayout_t Adesc, Bdesc, Cdesc, Ddesc, cublasLtMatmulPreference_t preference, int requestedAlgoCount,
    //     cublasLtMatmulHeuristicResult_t heuristicResultsArray[], int *returnAlgoCount)
    private static final MethodHandle HEURISTIC = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT,
        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    // cublasStatus_t cublasLtMatmul(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t computeDesc, const void *alpha,
    //     const void *A, cublasLtMatrixLayout_t Adesc, const void *B, cublasLtMatrixLayout_t Bdesc, const void *beta,
    //     const void *C, cublasLtMatrixLayout_t Cdesc, void *D, cublasLtMatrixLayout_t Ddesc, const cublasLtMatmulAlgo_t *algo,
    //     void *workspace, size_t workspaceSizeInBytes, cudaStream_t stream)
    private static final MethodHandle MATMUL = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT,
        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private final OpenLibrary library;
    private final MemorySegment getVersion;
    private final MemorySegment create;
    private final MemorySegment destroy;
    private final MemorySegment descriptorCreate;
    private final MemorySegment descriptorDestroy;
    private final MemorySegment descriptorSetAttribute;
    private final MemorySegment layoutCreate;
    private final MemorySegment layoutDestroy;
    private final MemorySegment layoutSetAttribute;
    private final MemorySegment preferenceCreate;
    private final MemorySegment preferenceDestroy;
    private final MemorySegment preferenceSetAttribute;
    private final MemorySegment getHeuristic;
    private final MemorySegment matmul;

    private CublasLt(OpenLibrary library) {
        this.library = library;
        getVersion = library.require("cublasLtGetVersion");
        create = library.require("cublasLtCreate");
        destroy = library.require("cublasLtDestroy");
        descriptorCreate = library.require("cublasLtMatmulDescCreate");
        descriptorDestroy = library.require("cublasLtMatmulDescDestroy");
        descriptorSetAttribute = library.require("cublasLtMatmulDescSetAttribute");
        layoutCreate = library.require("cublasLtMatrixLayoutCreate");
        layoutDestroy = library.require("cublasLtMatrixLayoutDestroy");
        layoutSetAttribute = library.require("cublasLtMatrixLayoutSetAttribute");
        preferenceCreate = library.require("cublasLtMatmulPreferenceCreate");
        preferenceDestroy = library.require("cublasLtMatmulPreferenceDestroy");
        preferenceSetAttribute = library.require("cublasLtMatmulPreferenceSetAttribute");
        getHeuristic = library.require("cublasLtMatmulAlgoGetHeuristic");
        matmul = library.require("cublasLtMatmul");
        library.verify();
    }

    /** @throws MissingLibraryException where no cuBLASLt is installed, or it is older than CUDA 11 */
    public static CublasLt load() {
        return new CublasLt(LIBRARY.open());
    }

    /** The library in {@code file} and no other. */
    public static CublasLt load(Path file) {
        return new CublasLt(LIBRARY.open(file));
    }

    /** What this machine has. */
    public static LibraryFinding finding() {
        return LIBRARY.finding(() -> load().found());
    }

    public LibraryFinding.Found found() {
        long version = version();
        return library.found(version / 10_000 + "." + version / 100 % 100 + "." + version % 100);
    }

    /** As 10000 · major + 100 · minor + patch. */
    public long version() {
        try {
            return (long) VERSION.invokeExact(getVersion);
        } catch (Throwable t) {
            throw new IllegalStateException("cublasLtGetVersion could not be called", t);
        }
    }

    /** A handle of the current context. */
    public CublasLtHandle createHandle() {
        return new CublasLtHandle(this, create("cublasLtCreate", pointer -> NativeCalls.call(create, pointer)));
    }

    // cublasStatus_t cublasLtDestroy(cublasLtHandle_t lightHandle)
    void destroyHandle(long handle) {
        CublasStatus.check("cublasLtDestroy", NativeCalls.call(destroy, handle), "");
    }

    // cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t *matmulDesc, cublasComputeType_t computeType, cudaDataType_t scaleType)
    long createDescriptor(int computeType, int scaleType) {
        return create("cublasLtMatmulDescCreate", pointer -> NativeCalls.call(descriptorCreate, pointer, computeType, scaleType));
    }

    void destroyDescriptor(long descriptor) {
        CublasStatus.check("cublasLtMatmulDescDestroy", NativeCalls.call(descriptorDestroy, descriptor), "");
    }

    // cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t matmulDesc, cublasLtMatmulDescAttributes_t attr,
    //     const void *buf, size_t sizeInBytes); the other two attribute setters likewise
    void setDescriptorAttribute(long descriptor, int attribute, int value) {
        set("cublasLtMatmulDescSetAttribute", descriptorSetAttribute, descriptor, attribute, value, Integer.BYTES);
    }

    long createLayout(int type, long rows, long columns, long leadingDimension) {
        return create("cublasLtMatrixLayoutCreate", pointer -> {
            try {
                return (int) LAYOUT.invokeExact(layoutCreate, pointer, type, rows, columns, leadingDimension);
            } catch (Throwable t) {
                throw new IllegalStateException("cublasLtMatrixLayoutCreate could not be called", t);
            }
        });
    }

    void destroyLayout(long layout) {
        CublasStatus.check("cublasLtMatrixLayoutDestroy", NativeCalls.call(layoutDestroy, layout), "");
    }

    void setLayoutAttribute(long layout, int attribute, int value) {
        set("cublasLtMatrixLayoutSetAttribute", layoutSetAttribute, layout, attribute, value, Integer.BYTES);
    }

    void setLayoutAttribute(long layout, int attribute, long value) {
        set("cublasLtMatrixLayoutSetAttribute", layoutSetAttribute, layout, attribute, value, Long.BYTES);
    }

    long createPreference() {
        return create("cublasLtMatmulPreferenceCreate", pointer -> NativeCalls.call(preferenceCreate, pointer));
    }

    void destroyPreference(long preference) {
        CublasStatus.check("cublasLtMatmulPreferenceDestroy", NativeCalls.call(preferenceDestroy, preference), "");
    }

    void setPreferenceAttribute(long preference, int attribute, long value) {
        set("cublasLtMatmulPreferenceSetAttribute", preferenceSetAttribute, preference, attribute, value, Long.BYTES);
    }

    /** The number of algorithms found, at most {@code requested}, that now stand in {@code results}. */
    int heuristics(long handle, long descriptor, long a, long b, long c, long d, long preference, int requested, MemorySegment results,
                   ColumnMajorProduct product) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            int status;
            try {
                status = (int) HEURISTIC.invokeExact(getHeuristic, handle, descriptor, a, b, c, d, preference, requested,
                    results.address(), count.address());
            } catch (Throwable t) {
                throw new IllegalStateException("cublasLtMatmulAlgoGetHeuristic could not be called", t);
            }
            CublasStatus.check("cublasLtMatmulAlgoGetHeuristic", status, product);
            return count.get(JAVA_INT, 0);
        }
    }

    void matmul(long handle, long descriptor, long alpha, long a, long aLayout, long b, long bLayout, long beta, long c, long cLayout,
                long d, long dLayout, long algorithm, long workspace, long workspaceBytes, long stream, ColumnMajorProduct product) {
        int status;
        try {
            status = (int) MATMUL.invokeExact(matmul, handle, descriptor, alpha, a, aLayout, b, bLayout, beta, c, cLayout, d, dLayout,
                algorithm, workspace, workspaceBytes, stream);
        } catch (Throwable t) {
            throw new IllegalStateException("cublasLtMatmul could not be called", t);
        }
        CublasStatus.check("cublasLtMatmul", status, product);
    }

    /** A constructor of the library: writes the new handle to the pointer it is given, and returns a status. */
    @FunctionalInterface
    private interface Constructor {
        int create(long pointer);
    }

    private static long create(String call, Constructor constructor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment created = arena.allocate(JAVA_LONG);
            CublasStatus.check(call, constructor.create(created.address()), "");
            return created.get(JAVA_LONG, 0);
        }
    }

    // Little-endian, so that an int is the first half of a long.
    private static void set(String call, MemorySegment setter, long object, int attribute, long value, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(JAVA_LONG);
            buffer.set(JAVA_LONG, 0, value);
            CublasStatus.check(call, NativeCalls.call(setter, object, attribute, buffer.address(), (long) bytes), "attribute " + attribute);
        }
    }
}
