package dev.panacea.runtime.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The few functions of oneDNN's C API that the host device needs. */
public final class OneDnn {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfByte CHAR = ValueLayout.JAVA_BYTE;

    // dnnl_status_t dnnl_sgemm(char transa, char transb, dnnl_dim_t M, N, K, float alpha, const float *A, dnnl_dim_t lda,
    //                          const float *B, dnnl_dim_t ldb, float beta, float *C, dnnl_dim_t ldc)
    private final MethodHandle sgemm;

    private OneDnn(SymbolLookup library) {
        sgemm = Linker.nativeLinker().downcallHandle(library.findOrThrow("dnnl_sgemm"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, CHAR, CHAR, LONG, LONG, LONG, FLOAT, LONG, LONG, LONG, LONG, FLOAT, LONG, LONG));
    }

    public static OneDnn load() {
        Path folder = NativeLibraries.unpack("org/bytedeco/dnnl/linux-x86_64", "libgomp.so.1", "libdnnl.so.3");
        CLibrary.setEnvironment("OMP_NUM_THREADS", "1");
        SymbolLookup.libraryLookup(folder.resolve("libgomp.so.1"), Arena.global());
        return new OneDnn(SymbolLookup.libraryLookup(folder.resolve("libdnnl.so.3"), Arena.global()));
    }

    /** Row-major single-precision product; addresses, sizes in elements. */
    public void sgemm(boolean transposeA, boolean transposeB, long m, long n, long k, float alpha,
                      long a, long lda, long b, long ldb, float beta, long c, long ldc) {
        int status;
        try {
            status = (int) sgemm.invokeExact((byte) (transposeA ? 'T' : 'N'), (byte) (transposeB ? 'T' : 'N'),
                m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        } catch (Throwable t) {
            throw new IllegalStateException("dnnl_sgemm could not be called", t);
        }
        if (status != 0) {
            throw new IllegalStateException("dnnl_sgemm returned status " + status + " for m " + m + ", n " + n + ", k " + k);
        }
    }

    public String version() {
        return "oneDNN";
    }
}
