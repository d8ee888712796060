package dev.panacea.runtime.cuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The compilers of an installed CUDA toolkit: nvcc, which turns CUDA C++ into PTX, and ptxas, which turns PTX into machine code. */
public record CudaToolkit(Path nvcc, Path ptxas) {

    /** What a compiler said, and whether it succeeded. */
    public record Outcome(boolean succeeded, String output) { }

    /** The toolkit in {@code CUDA_HOME} or {@code CUDA_PATH}, on the {@code PATH}, or in the usual folder; empty where none is. */
    public static Optional<CudaToolkit> find() {
        return find(System.getenv());
    }

    static Optional<CudaToolkit> find(Map<String, String> environment) {
        return folders(environment).stream().map(folder -> new CudaToolkit(folder.resolve("nvcc"), folder.resolve("ptxas")))
            .filter(toolkit -> Files.isExecutable(toolkit.nvcc) && Files.isExecutable(toolkit.ptxas)).findFirst();
    }

    /** Any program that comes with a toolkit, for example {@code compute-sanitizer}, looked for in the same folders. */
    public static Optional<Path> program(String name) {
        return folders(System.getenv()).stream().map(folder -> folder.resolve(name)).filter(Files::isExecutable).findFirst();
    }

    private static List<Path> folders(Map<String, String> environment) {
        List<Path> folders = new ArrayList<>();
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String home = environment.get(variable);
            if (home != null && !home.isBlank()) {
                folders.add(Path.of(home, "bin"));
            }
        }
        Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator)).filter(folder -> !folder.isBlank())
            .map(Path::of).forEach(folders::add);
        folders.add(Path.of("/usr/local/cuda/bin"));
        return folders;
    }

    /** For example {@code Cuda compilation tools, release 13.0, V13.0.88}. */
    public String version() {
        return run(List.of(nvcc.toString(), "--version")).output().lines().filter(line -> line.contains("release")).findFirst()
            .orElse("of unknown version");
    }

    /** Compiles one CUDA C++ file to PTX for {@code architecture}, for example {@code compute_80}. */
    public Outcome compile(Path source, Path ptx, String architecture, String... options) {
        List<String> command = new ArrayList<>(List.of(nvcc.toString(), "-ptx", "-arch=" + architecture, "-O3", "-std=c++17"));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", ptx.toString(), source.toString()));
        return run(command);
    }

    /** Assembles PTX for {@code architecture}, for example {@code sm_80}, throws the code away, and gives what the assembler says. */
    public Outcome assemble(Path ptx, String architecture) {
        return run(List.of(ptxas.toString(), "-v", "-arch=" + architecture, "-o", "/dev/null", ptx.toString()));
    }

    private static Outcome run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor() == 0, output);
        } catch (IOException e) {
            throw new UncheckedIOException(command.getFirst() + " could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command.getFirst() + " ran", e);
        }
    }
}
