package dev.panacea.kernels.build;

import dev.panacea.runtime.cuda.CudaToolkit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Compiles every {@code .cu} file below the source folder to a {@code .ptx} file at the same place below the output folder, writes
 * what the kernels take to a report, and fails when one takes more than its budget. Without a CUDA toolkit it says so and leaves the
 * build without PTX.
 */
public final class KernelBuild {
    private final Path sources;
    private final Path output;
    private final Path work;

    private KernelBuild(Path sources, Path output, Path work) {
        this.sources = sources;
        this.output = output;
        this.work = work;
    }

    /**
     * @param arguments the folder of CUDA sources, which holds {@code budget.txt}; the folder for PTX; a folder for reports
     * @throws IllegalStateException when a source does not compile, or a kernel takes more than its budget
     */
    public static void main(String[] arguments) throws IOException {
        KernelBuild build = new KernelBuild(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
        Optional<CudaToolkit> toolkit = CudaToolkit.find();
        if (toolkit.isEmpty()) {
            System.out.println("No nvcc in CUDA_HOME, CUDA_PATH, PATH or /usr/local/cuda: this build carries no PTX. "
                + "Everything works but CUDA devices and the simulated GPU's own kernels.");
            return;
        }
        List<String> overruns = build.run(toolkit.get());
        if (!overruns.isEmpty()) {
            throw new IllegalStateException("the kernels take more than " + build.budget() + " allows:\n" + String.join("\n", overruns));
        }
    }

    private Path budget() {
        return sources.resolve("budget.txt");
    }

    private Path report() {
        return work.resolve("resources.txt");
    }

    private List<String> run(CudaToolkit toolkit) throws IOException {
        String compiler = toolkit.version();
        Files.createDirectories(work);
        List<ResourceUse> uses = compileAll(toolkit, compiler);
        Files.writeString(report(), report(compiler, uses));
        ResourceBudget budget = ResourceBudget.read(budget());
        if (!compiler.contains(budget.compiler())) {
            System.out.println(budget() + " holds for release " + budget.compiler() + " and is not applied: this is " + compiler);
            return List.of();
        }
        return budget.overruns(uses);
    }

    private List<ResourceUse> compileAll(CudaToolkit toolkit, String compiler) throws IOException {
        Path scratch = Files.createTempDirectory(work, "scratch");
        try {
            PtxCompiler ptxCompiler = new PtxCompiler(toolkit, scratch);
            return onAllCores(sources(), source -> uses(source, compiler, ptxCompiler)).stream().flatMap(List::stream).toList();
        } finally {
            delete(scratch);
        }
    }

    // Each core takes the next source as it becomes free: a parallel stream deals them out beforehand, and some take far longer.
    private static <S, R> List<R> onAllCores(List<S> sources, Function<S, R> work) {
        try (ExecutorService cores = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<CompletableFuture<R>> results =
                sources.stream().map(source -> CompletableFuture.supplyAsync(() -> work.apply(source), cores)).toList();
            return results.stream().map(CompletableFuture::join).toList();
        }
    }

    /** What the kernels of one source take; it is compiled only when it changed, or something that it includes. */
    private List<ResourceUse> uses(Path source, String compiler, PtxCompiler ptxCompiler) {
        try {
            Path kept = work.resolve(sources.relativize(source) + ".built");
            String fingerprint = SourceFingerprint.of(compiler, source);
            if (Files.exists(kept) && Files.exists(ptx(source))) {
                List<String> lines = Files.readAllLines(kept);
                if (lines.getFirst().equals(fingerprint)) {
                    return lines.stream().skip(1).map(ResourceUse::of).toList();
                }
            }
            PtxCompiler.Compiled compiled = ptxCompiler.compile(source);
            Files.createDirectories(ptx(source).getParent());
            Files.writeString(ptx(source), compiled.ptx());
            Files.createDirectories(kept.getParent());
            Files.write(kept, Stream.concat(Stream.of(fingerprint), compiled.uses().stream().map(ResourceUse::line)).toList());
            return compiled.uses();
        } catch (IOException e) {
            throw new UncheckedIOException(source + " cannot be built", e);
        }
    }

    private Path ptx(Path source) {
        return output.resolve(sources.relativize(source).toString().replaceFirst("\\.cu$", ".ptx"));
    }

    private static String report(String compiler, List<ResourceUse> uses) {
        List<String> lines = new ArrayList<>(List.of("# " + compiler, ResourceBudget.COLUMNS));
        uses.stream().sorted(Comparator.comparing(ResourceUse::kernel).thenComparing(ResourceUse::target)).map(ResourceUse::line)
            .forEach(lines::add);
        return String.join("\n", lines) + "\n";
    }

    private List<Path> sources() throws IOException {
        try (Stream<Path> all = Files.walk(sources)) {
            return all.filter(file -> file.toString().endsWith(".cu")).sorted().toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
