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

/** NVIDIA's matrix products, bound by FFM: libcublas of CUDA 11, 12 or 13. */
public final class Cublas {
    private static final SystemLibrary LIBRARY = new SystemLibrary("cuBLAS", "panacea.libcublas",
        List.of("libcublas.so.13", "libcublas.so.12", "libcublas.so.11"), "install cuBLAS of the CUDA toolkit, 11 to 13",
        "no matrix products on a GPU, so no training on one");

    /** CUBLAS_GEMM_DEFAULT of cublasGemmAlgo_t: the library's own choice. */
    private static final int ALGORITHM = -1;

    // cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    //     const void *alpha, const void *A, cudaDataType Atype, int lda, const void *B, cudaDataType Btype, int ldb,
    //     const void *beta, void *C, cudaDataType Ctype, int ldc, cublasComputeType_t computeType, cublasGemmAlgo_t algo)
    private static final MethodHandle GEMM = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT,
        JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
        JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT,
        JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    // cublasStatus_t cublasGemmStridedBatchedEx(the same, but long long int strideA, strideB and strideC after lda, ldb and ldc,
    //     and int batchCount before computeType)
    private static final MethodHandle GEMM_STRIDED = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT,
        JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
        JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG,
        JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT));
    // cublasStatus_t cublasGemmBatchedEx(the same as cublasGemmEx, but const void *const Aarray[], const void *const Barray[],
    //     void *const Carray[], and int batchCount before computeType)
    private static final MethodHandle GEMM_BATCHED = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT,
        JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
        JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT,
        JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    private final OpenLibrary library;
    private final MemorySegment getProperty;
    private final MemorySegment create;
    private final MemorySegment destroy;
    private final MemorySegment getVersion;
    private final MemorySegment setStream;
    private final MemorySegment setWorkspace;
    private final MemorySegment setMathMode;
    private final MemorySegment gemmEx;
    private final MemorySegment gemmStridedBatchedEx;
    private final MemorySegment gemmBatchedEx;

    private Cublas(OpenLibrary library) {
        this.library = library;
        getProperty = library.require("cublasGetProperty");
        create = library.require("cublasCreate_v2");
        destroy = library.require("cublasDestroy_v2");
        getVersion = library.require("cublasGetVersion_v2");
        setStream = library.require("cublasSetStream_v2");
        setWorkspace = library.require("cublasSetWorkspace_v2");
        setMathMode = library.require("cublasSetMathMode");
        gemmEx = library.require("cublasGemmEx");
        gemmStridedBatchedEx = library.require("cublasGemmStridedBatchedEx");
        gemmBatchedEx = library.require("cublasGemmBatchedEx");
        library.verify();
    }

    /** @throws MissingLibraryException where no cuBLAS is installed, or it is older than CUDA 11 */
    public static Cublas load() {
        return new Cublas(LIBRARY.open());
    }

    /** The library in {@code file} and no other. */
    public static Cublas load(Path file) {
        return new Cublas(LIBRARY.open(file));
    }

    /** What this machine has. */
    public static LibraryFinding finding() {
        return LIBRARY.finding(() -> load().found());
    }

    public LibraryFinding.Found found() {
        return library.found(versionText());
    }

    /** For example {@code 13.1.0}; asks no device. */
    public String versionText() {
        return property(0) + "." + property(1) + "." + property(2);
    }

    // cublasStatus_t cublasGetProperty(libraryPropertyType type, int *value)
    private int property(int type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            CublasStatus.check("cublasGetProperty", NativeCalls.call(getProperty, type, value.address()), "");
            return value.get(JAVA_INT, 0);
        }
    }

    /** A handle of the current context; making one allocates on the device and may take a second. */
    public CublasHandle createHandle() {
        return new FfmCublasHandle(this, create());
    }

    // cublasStatus_t cublasCreate_v2(cublasHandle_t *handle)
    long create() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(JAVA_LONG);
            CublasStatus.check("cublasCreate_v2", NativeCalls.call(create, handle.address()), "");
            return handle.get(JAVA_LONG, 0);
        }
    }

    // cublasStatus_t cublasDestroy_v2(cublasHandle_t handle)
    void destroy(long handle) {
        CublasStatus.check("cublasDestroy_v2", NativeCalls.call(destroy, handle), "");
    }

    // cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int *version)
    int version(long handle) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(JAVA_INT);
            CublasStatus.check("cublasGetVersion_v2", NativeCalls.call(getVersion, handle, version.address()), "");
            return version.get(JAVA_INT, 0);
        }
    }

    // cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t streamId)
    void setStream(long handle, long stream) {
        CublasStatus.check("cublasSetStream_v2", NativeCalls.call(setStream, handle, stream), "");
    }

    // cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void *workspace, size_t workspaceSizeInBytes)
    void setWorkspace(long handle, long address, long bytes) {
        CublasStatus.check("cublasSetWorkspace_v2", NativeCalls.call(setWorkspace, handle, address, bytes), bytes + " bytes");
    }

    // cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode)
    void setMathMode(long handle, int mode) {
        CublasStatus.check("cublasSetMathMode", NativeCalls.call(setMathMode, handle, mode), "mode " + mode);
    }

    void gemmEx(long handle, ColumnMajorProduct p, long alpha, long beta) {
        DeviceMatrix a = p.a();
        DeviceMatrix b = p.b();
        DeviceMatrix c = p.c();
        int status;
        try {
            status = (int) GEMM.invokeExact(gemmEx, handle, p.operationA(), p.operationB(), p.m(), p.n(), p.k(),
                alpha, a.address(), a.type(), a.leadingDimension(), b.address(), b.type(), b.leadingDimension(),
                beta, c.address(), c.type(), c.leadingDimension(), p.computeCode(), ALGORITHM);
        } catch (Throwable t) {
            throw new IllegalStateException("cublasGemmEx could not be called", t);
        }
        CublasStatus.check("cublasGemmEx", status, p);
    }

    void gemmStridedBatchedEx(long handle, ColumnMajorProduct p, long alpha, long beta, int batches) {
        DeviceMatrix a = p.a();
        DeviceMatrix b = p.b();
        DeviceMatrix c = p.c();
        int status;
        try {
            status = (int) GEMM_STRIDED.invokeExact(gemmStridedBatchedEx, handle, p.operationA(), p.operationB(),
                p.m(), p.n(), p.k(), alpha, a.address(), a.type(), a.leadingDimension(), a.batchStride(),
                b.address(), b.type(), b.leadingDimension(), b.batchStride(),
                beta, c.address(), c.type(), c.leadingDimension(), c.batchStride(), batches, p.computeCode(), ALGORITHM);
        } catch (Throwable t) {
            throw new IllegalStateException("cublasGemmStridedBatchedEx could not be called", t);
        }
        CublasStatus.check("cublasGemmStridedBatchedEx", status, p);
    }

    void gemmBatchedEx(long handle, ColumnMajorProduct p, long alpha, long beta, int batches) {
        DeviceMatrix a = p.a();
        DeviceMatrix b = p.b();
        DeviceMatrix c = p.c();
        int status;
        try {
            status = (int) GEMM_BATCHED.invokeExact(gemmBatchedEx, handle, p.operationA(), p.operationB(),
                p.m(), p.n(), p.k(), alpha, a.address(), a.type(), a.leadingDimension(), b.address(), b.type(), b.leadingDimension(),
                beta, c.address(), c.type(), c.leadingDimension(), batches, p.computeCode(), ALGORITHM);
        } catch (Throwable t) {
            throw new IllegalStateException("cublasGemmBatchedEx could not be called", t);
        }
        CublasStatus.check("cublasGemmBatchedEx", status, p);
    }
}
