package dev.panacea.runtime.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The few functions of oneDNN's C interface that the host device needs. Matrices are row-major; sizes and strides in elements. */
public final class OneDnn {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfByte CHAR = ValueLayout.JAVA_BYTE;

    /** dnnl_success of dnnl_status_t. */
    private static final int SUCCESS = 0;

    // Handles are linked to a signature only, so that they are constants to the compiler although the library loads late.
    // dnnl_status_t dnnl_sgemm(char transa, char transb, dnnl_dim_t M, dnnl_dim_t N, dnnl_dim_t K, float alpha,
    //                          const float *A, dnnl_dim_t lda, const float *B, dnnl_dim_t ldb, float beta, float *C, dnnl_dim_t ldc)
    // dnnl_status_t dnnl_gemm_bf16bf16f32(the same, A and B being const bfloat16_t *)
    private static final MethodHandle GEMM = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(INT, CHAR, CHAR, LONG, LONG, LONG, FLOAT, LONG, LONG, LONG, LONG, FLOAT, LONG, LONG));

    // const dnnl_version_t *dnnl_version(void), a struct of int major, minor, patch first
    private static final MethodHandle VERSION = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(3, INT))));

    // dnnl_cpu_isa_t dnnl_get_effective_cpu_isa(void), a set of bits
    private static final MethodHandle CPU_ISA = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(INT));
    private static final int ISA_AVX512 = 0x20;

    private final SymbolLookup library;
    private final MemorySegment sgemm;
    private final MemorySegment bf16gemm;
    private final MemorySegment version;

    private OneDnn(SymbolLookup library) {
        this.library = library;
        sgemm = library.findOrThrow("dnnl_sgemm");
        bf16gemm = library.findOrThrow("dnnl_gemm_bf16bf16f32");
        version = library.findOrThrow("dnnl_version");
    }

    /**
     * Unpacks and opens the library. Its own threads are switched off, since callers cut the work themselves.
     *
     * @throws IllegalStateException when the machine is not Linux on x86-64
     */
    public static OneDnn load() {
        Path folder = NativeLibraries.unpack("org/bytedeco/dnnl/linux-x86_64", "libgomp.so.1", "libdnnl.so.3");
        CLibrary.setEnvironment("OMP_NUM_THREADS", "1");
        SymbolLookup.libraryLookup(folder.resolve("libgomp.so.1"), Arena.global());
        return new OneDnn(SymbolLookup.libraryLookup(folder.resolve("libdnnl.so.3"), Arena.global()));
    }

    /** Whether {@link #bf16gemm} is fast on this processor; without AVX-512 it is a plain loop. */
    public boolean isFastInBf16() {
        try {
            return ((int) CPU_ISA.invokeExact(library.findOrThrow("dnnl_get_effective_cpu_isa")) & ISA_AVX512) != 0;
        } catch (Throwable t) {
            throw new IllegalStateException("dnnl_get_effective_cpu_isa could not be called", t);
        }
    }

    /** Products by code generated for one shape each. */
    public OneDnnMatmul matmul() {
        return new OneDnnMatmul(library);
    }

    /** {@code C = alpha · op(A)·op(B) + beta · C} of float32 matrices at the given addresses, on the calling thread. */
    public void sgemm(boolean transposeA, boolean transposeB, long m, long n, long k, float alpha,
                      long a, long lda, long b, long ldb, float beta, long c, long ldc) {
        gemm(sgemm, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    /** {@link #sgemm} with A and B in bfloat16; sums and C are float32. */
    public void bf16gemm(boolean transposeA, boolean transposeB, long m, long n, long k, float alpha,
                         long a, long lda, long b, long ldb, float beta, long c, long ldc) {
        gemm(bf16gemm, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    private static void gemm(MemorySegment function, boolean transposeA, boolean transposeB, long m, long n, long k, float alpha,
                             long a, long lda, long b, long ldb, float beta, long c, long ldc) {
        int status;
        try {
            status = (int) GEMM.invokeExact(function, letter(transposeA), letter(transposeB),
                m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        } catch (Throwable t) {
            throw new IllegalStateException("oneDNN's gemm could not be called", t);
        }
        if (status != SUCCESS) {
            throw new IllegalStateException("oneDNN's gemm returned status " + status + " for m " + m + ", n " + n + ", k " + k);
        }
    }

    private static byte letter(boolean transpose) {
        return (byte) (transpose ? 'T' : 'N');
    }

    /** For example {@code oneDNN 3.13.0}. */
    public String version() {
        try {
            MemorySegment numbers = (MemorySegment) VERSION.invokeExact(version);
            return "oneDNN " + numbers.getAtIndex(INT, 0) + "." + numbers.getAtIndex(INT, 1) + "." + numbers.getAtIndex(INT, 2);
        } catch (Throwable t) {
            throw new IllegalStateException("dnnl_version could not be called", t);
        }
    }
}
