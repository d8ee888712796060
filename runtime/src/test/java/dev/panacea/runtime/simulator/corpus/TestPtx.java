package dev.panacea.runtime.simulator.corpus;

import dev.panacea.runtime.cuda.CudaToolkit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** PTX for tests: compiled where there is a toolkit, once a build. */
public final class TestPtx {
    private static final Path SOURCES = Path.of("src", "test", "cuda");
    private static final Path OUTPUT = Path.of("target", "ptx");
    private static final Optional<CudaToolkit> TOOLKIT = CudaToolkit.find();
    private static final Map<String, byte[]> TEXTS = new ConcurrentHashMap<>();

    private TestPtx() { }

    /** The corpus; without a toolkit only what is written in PTX. */
    public static CorpusPtx corpus() {
        return in("corpus");
    }

    /** The corpus as nvcc leaves it for a debugger: every variable in memory, every function called. Needs a toolkit. */
    public static CorpusPtx unoptimised() {
        return CorpusPtx.compiled(TOOLKIT.orElseThrow(), SOURCES.resolve("corpus"), OUTPUT.resolve("unoptimised"), "-G");
    }

    /** Sources of the folder {@code src/test/cuda/<name>}. */
    public static CorpusPtx in(String name) {
        CorpusPtx ptx = TOOLKIT.map(toolkit -> CorpusPtx.compiled(toolkit, SOURCES.resolve(name), OUTPUT.resolve(name)))
            .orElseGet(() -> CorpusPtx.prepared(SOURCES.resolve(name)));
        return source -> TEXTS.computeIfAbsent(name + "/" + source, key -> ptx.text(source));
    }

    /** Whether {@code source} of the corpus can be had here. */
    public static boolean hasSource(String source) {
        return TOOLKIT.isPresent() || Files.exists(SOURCES.resolve("corpus").resolve(source + ".ptx"));
    }

    /** Why sources are left out; empty where none is. */
    public static Optional<String> leftOut() {
        return TOOLKIT.isPresent() ? Optional.empty()
            : Optional.of("no nvcc in CUDA_HOME, CUDA_PATH or PATH: the kernels written in CUDA C++ are left out");
    }
}
