package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.Cublas;
import dev.panacea.runtime.bindings.CublasHandle;
import dev.panacea.runtime.bindings.JCublas;
import dev.panacea.runtime.bindings.MissingLibraryException;

/**
 * A cuBLAS handle and the way it is called: through JCuda where the driver is and the library is CUDA 12's, through FFM otherwise.
 *
 * @param description name, version and way, for reports
 * @param reason why it is called that way
 */
record CublasChoice(CublasHandle handle, String description, String reason) {

    /**
     * Opens the installed cuBLAS on the current context.
     *
     * @param driver the name of the driver in use
     * @throws MissingLibraryException where none is installed
     */
    static CublasChoice open(String driver) {
        return open(Cublas.load(), driver);
    }

    static CublasChoice open(Cublas library, String driver) {
        if (!driver.equals("jcuda")) {
            return through("FFM", library, library.createHandle(), "the driver is " + driver);
        }
        JCublas jcublas;
        try {
            jcublas = JCublas.over(library);
        } catch (MissingLibraryException e) {
            return through("FFM", library, library.createHandle(), e.getMessage());
        }
        return through("JCuda", library, jcublas.createHandle(), "the library is CUDA 12's");
    }

    private static CublasChoice through(String way, Cublas library, CublasHandle handle, String reason) {
        return new CublasChoice(handle, "cuBLAS " + library.versionText() + " through " + way, reason);
    }
}
