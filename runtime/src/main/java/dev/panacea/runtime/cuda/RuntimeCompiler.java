package dev.panacea.runtime.cuda;

import dev.panacea.runtime.AtomicFile;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.bindings.NativeLibraries;
import dev.panacea.runtime.bindings.Nvrtc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compiles CUDA C++ on the user's machine, once: what was compiled is kept in files named by the hash of the source, its options and
 * the compiler's version. A file that was damaged is found out by its own hash and made anew. What a source includes is not looked
 * into: it counts by the folder that the options name, so a header that changes has to change its folder's name too.
 */
public final class RuntimeCompiler {
    private static final System.Logger LOG = System.getLogger(RuntimeCompiler.class.getName());

    private final Nvrtc nvrtc;
    private final Path folder;

    RuntimeCompiler(Nvrtc nvrtc, Path folder) {
        this.nvrtc = nvrtc;
        this.folder = folder;
    }

    /**
     * The installed NVRTC, with its files in the user's cache folder.
     *
     * @throws dev.panacea.runtime.bindings.MissingLibraryException where none is installed
     */
    public static RuntimeCompiler load() {
        try {
            return new RuntimeCompiler(Nvrtc.load(), Files.createDirectories(NativeLibraries.cacheFolder().resolve("nvrtc")));
        } catch (IOException e) {
            throw new UncheckedIOException("the cache folder for compiled kernels cannot be made", e);
        }
    }

    /** For example {@code NVRTC 13.0}. */
    public String description() {
        return "NVRTC " + nvrtc.version();
    }

    /**
     * What a driver can load of this compiler's: PTX, or a cubin for its very GPU where the compiler is the newer of the two, whose PTX
     * the driver refuses.
     *
     * @param driverVersion as {@link CudaDriver#version()} gives it
     */
    public CudaSource.Form formFor(int driverVersion) {
        String[] numbers = nvrtc.version().split("\\.");
        int compiler = 1000 * Integer.parseInt(numbers[0]) + 10 * Integer.parseInt(numbers[1]);
        return compiler <= driverVersion ? CudaSource.Form.PTX : CudaSource.Form.CUBIN;
    }

    /** @throws CudaException when the source does not compile, with the compiler's log */
    public CompiledCode compile(CudaSource source) {
        Path file = folder.resolve(CacheEntry.key(source, nvrtc.version()));
        return CacheEntry.read(file).orElseGet(() -> {
            CompiledCode code = nvrtc.compile(source);
            keep(file, code);
            return code;
        });
    }

    // A folder that is full or read-only costs time at the next start, and nothing now.
    private static void keep(Path file, CompiledCode code) {
        try {
            AtomicFile.write(file, stream -> stream.write(CacheEntry.bytes(code)));
        } catch (BadInputException e) {
            LOG.log(System.Logger.Level.DEBUG, "compiled code was not kept: {0}", e.getMessage());
        }
    }
}
