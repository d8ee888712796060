package dev.panacea.kernels.build;

import dev.panacea.runtime.cuda.CudaToolkit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
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
        String fingerprint = fingerprint(compiler);
        Path stamp = work.resolve("built");
        boolean same = Files.exists(stamp) && Files.readString(stamp).equals(fingerprint);
        if (same && files(".cu").stream().map(this::ptx).allMatch(Files::exists)) {
            return List.of();
        }
        Files.createDirectories(work);
        List<ResourceUse> uses = compileAll(toolkit);
        Files.writeString(report(), report(compiler, uses));
        ResourceBudget budget = ResourceBudget.read(budget());
        if (!compiler.contains(budget.compiler())) {
            System.out.println(budget() + " holds for release " + budget.compiler() + " and is not applied: this is " + compiler);
        } else {
            List<String> overruns = budget.overruns(uses);
            if (!overruns.isEmpty()) {
                return overruns;
            }
        }
        Files.writeString(stamp, fingerprint);
        return List.of();
    }

    private List<ResourceUse> compileAll(CudaToolkit toolkit) throws IOException {
        Path scratch = Files.createTempDirectory(work, "scratch");
        try {
            PtxCompiler compiler = new PtxCompiler(toolkit, scratch);
            List<Path> files = files(".cu");
            List<PtxCompiler.Compiled> compiled = files.parallelStream().map(compiler::compile).toList();
            List<ResourceUse> uses = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                Path ptx = ptx(files.get(i));
                Files.createDirectories(ptx.getParent());
                Files.writeString(ptx, compiled.get(i).ptx());
                uses.addAll(compiled.get(i).uses());
            }
            return uses;
        } finally {
            delete(scratch);
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

    private List<Path> files(String... endings) throws IOException {
        try (Stream<Path> all = Files.walk(sources)) {
            return all.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith)).sorted().toList();
        }
    }

    private String fingerprint(String compiler) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(compiler.getBytes(StandardCharsets.UTF_8));
            for (Path file : files(".cu", ".cuh", "budget.txt")) {
                digest.update(file.toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
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
