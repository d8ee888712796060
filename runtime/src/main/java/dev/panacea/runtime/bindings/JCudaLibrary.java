package dev.panacea.runtime.bindings;

import java.nio.file.Path;
import jcuda.JCudaVersion;
import jcuda.driver.JCudaDriver;

/** JCuda's native library for the driver. */
public final class JCudaLibrary {
    private JCudaLibrary() { }

    /**
     * Loads the library, once, and gives the file it came from.
     *
     * @throws MissingLibraryException when it does not load, mostly since it finds no libcuda.so.1
     */
    public static synchronized Path load() {
        return JCudaNatives.load("JCudaDriver", () -> JCudaDriver.setExceptionsEnabled(false));
    }

    /** For example {@code 12.6.0}. */
    public static String version() {
        return JCudaVersion.get();
    }
}
