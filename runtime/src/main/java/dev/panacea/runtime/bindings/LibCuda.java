package dev.panacea.runtime.bindings;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The CUDA driver's library. Its functions are bound in five parts; each returns a CUresult, and pointers and handles are longs.
 * Function names are those of cuda.h, bound to the newest entry point that every driver since CUDA 11.4 has.
 */
public final class LibCuda {
    /** The system property that names the library to use in place of the installed one. */
    public static final String PROPERTY = "panacea.libcuda";
    /** The environment variable that does the same; the property goes first. */
    public static final String VARIABLE = "PANACEA_LIBCUDA";

    private static final List<String> INSTALLED = List.of("libcuda.so.1", "libcuda.so");
    private static final String ADVICE = "install NVIDIA's driver, 470 (CUDA 11.4) or newer; in a container, start it with --gpus all";

    private static LibCuda loaded;

    private final String file;
    private final LibCudaDevices devices;
    private final LibCudaMemory memory;
    private final LibCudaStreams streams;
    private final LibCudaCode code;
    private final LibCudaGraphs graphs;

    private LibCuda(String name, SymbolLookup library) {
        Symbols symbols = new Symbols(library);
        devices = new LibCudaDevices(symbols);
        memory = new LibCudaMemory(symbols);
        streams = new LibCudaStreams(symbols);
        code = new LibCudaCode(symbols);
        graphs = new LibCudaGraphs(symbols);
        symbols.verify(name, ADVICE);
        file = mappedFile(symbols.require("cuInit").address()).orElse(name);
    }

    /**
     * This process's driver library, opened at the first call: the one that the property or the variable names, otherwise the
     * installed one.
     *
     * @throws MissingLibraryException when there is none, or it lacks a function
     */
    public static synchronized LibCuda load() {
        if (loaded == null) {
            String override = System.getProperty(PROPERTY, System.getenv(VARIABLE));
            loaded = override == null ? open(INSTALLED) : open(List.of(override));
        }
        return loaded;
    }

    /** The first library of {@code names}, file names or paths, that opens. */
    static LibCuda open(List<String> names) {
        for (String name : names) {
            Optional<SymbolLookup> library = lookup(name);
            if (library.isPresent()) {
                return new LibCuda(name, library.get());
            }
        }
        throw new MissingLibraryException("no CUDA driver: " + String.join(" and ", names) + " cannot be opened; " + ADVICE
            + ", or name the library by the system property " + PROPERTY + " or the environment variable " + VARIABLE);
    }

    /** The library at {@code path}, whatever else is loaded; for tests and measurements against a stand-in. */
    public static LibCuda open(Path path) {
        return open(List.of(path.toAbsolutePath().toString()));
    }

    private static Optional<SymbolLookup> lookup(String name) {
        try {
            // Never unloaded, since function addresses outlive every scope.
            return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The file whose mapping holds {@code address}, links resolved; the driver's version is part of its name. */
    private static Optional<String> mappedFile(long address) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.indexOf('/') >= 0 && holds(line, address)).findFirst()
                .map(line -> line.substring(line.indexOf('/')));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean holds(String line, long address) {
        int dash = line.indexOf('-');
        long start = Long.parseUnsignedLong(line, 0, dash, 16);
        long end = Long.parseUnsignedLong(line, dash + 1, line.indexOf(' '), 16);
        return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    /** Where the library lies, as far as the system tells. */
    public String file() {
        return file;
    }

    public LibCudaDevices devices() {
        return devices;
    }

    public LibCudaMemory memory() {
        return memory;
    }

    public LibCudaStreams streams() {
        return streams;
    }

    public LibCudaCode code() {
        return code;
    }

    public LibCudaGraphs graphs() {
        return graphs;
    }
}
