package dev.panacea.runtime.bindings;

import jcuda.jcublas.JCublas2;

/** JCuda's bindings of libcublas.so.12, the one version that they were linked to. */
public final class JCublas {
    private final Cublas library;

    private JCublas(Cublas library) {
        this.library = library;
    }

    /**
     * Loads JCuda's natives over {@code library}.
     *
     * @throws MissingLibraryException when that is not cuBLAS 12, or JCuda's natives do not load
     */
    public static JCublas over(Cublas library) {
        if (!library.versionText().startsWith("12.")) {
            throw new MissingLibraryException("JCuda's bindings need cuBLAS 12, and this is " + library.versionText());
        }
        JCudaNatives.load("JCublas2", () -> JCublas2.setExceptionsEnabled(false));
        return new JCublas(library);
    }

    /** A handle of the current context. */
    public CublasHandle createHandle() {
        var handle = new JCublasHandle.Handle();
        CublasStatus.check("cublasCreate", JCublas2.cublasCreate(handle), "");
        return new JCublasHandle(library, handle);
    }
}
