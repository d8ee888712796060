package dev.panacea.bench.gpu;

import dev.panacea.runtime.cuda.CudaToolkit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The steps of a session on a GPU machine, the cheapest and most telling first. */
final class GpuSteps {
    private static final String TESTS_MISSING = "the tests are not in this installation; use the archive that bench/gpu/bundle makes";
    private static final int SHORT = 60;
    // the tests run several times as long under a checker
    private static final int CHECKED = 120;
    private static final int LONG = 180;

    private GpuSteps() { }

    static List<GpuStep> of(Installation installation) {
        Optional<String> noTests = installation.jars("junit-platform-console").isEmpty() ? Optional.of(TESTS_MISSING) : Optional.empty();
        List<GpuStep> steps = new ArrayList<>();
        steps.add(new GpuStep("doctor", "what is there", SHORT, Optional.empty(),
            folder -> installation.run("dev.panacea.cli.Main", "doctor", "--json")));
        steps.add(new GpuStep("conformance", "drivers and kernels against their contracts", LONG, noTests,
            folder -> conformance(installation, folder), TestCounts::of));
        steps.add(new GpuStep("corpus", "the simulated GPU against the real one", LONG, noTests,
            folder -> installation.run("dev.panacea.runtime.simulator.corpus.CorpusComparison", System.getProperty("panacea.corpus"),
                folder.toString())));
        for (String tool : List.of("memcheck", "racecheck", "initcheck", "synccheck")) {
            steps.add(sanitizer(tool, noTests, installation));
        }
        steps.add(new GpuStep("launch", "nanoseconds and bytes of an empty launch", SHORT, Optional.empty(),
            folder -> installation.run("org.openjdk.jmh.Main", "LaunchBenchmark", "-f", "1", "-prof", "gc", "-rf", "json", "-rff",
                folder.resolve("figures.json").toString())));
        steps.add(new GpuStep("streaming", "memory-bound kernels beside a copy", SHORT, Optional.empty(),
            folder -> installation.run("dev.panacea.cli.Main", "bench", "streaming", "--device", "cuda", "--to",
                folder.resolve("figures").toString())));
        steps.add(new GpuStep("attention", "attention beside PyTorch's", LONG, Optional.empty(),
            folder -> installation.run("dev.panacea.cli.Main", "bench", "attention", "--device", "cuda", "--seconds",
                String.valueOf(LONG - SHORT / 2), "--to", folder.resolve("figures").toString())));
        steps.add(new GpuStep("adapter", "adapted layers beside the plain product and PyTorch's", LONG, Optional.empty(),
            folder -> installation.run("dev.panacea.cli.Main", "bench", "adapter", "--device", "cuda", "--seconds",
                String.valueOf(LONG - SHORT), "--to", folder.resolve("figures").toString())));
        steps.add(new GpuStep("step", "training steps of a large model beside PyTorch's", LONG, Optional.empty(),
            folder -> installation.run("dev.panacea.cli.Main", "bench", "step", "--device", "cuda", "--objective", "sft,dpo", "--seconds",
                String.valueOf(SHORT), "--to", folder.resolve("figures").toString())));
        steps.add(new GpuStep("demo", "twenty steps of the demo against float32 on the host", LONG, noTests,
            folder -> demo(installation, folder), TestCounts::of));
        return steps;
    }

    private static List<String> demo(Installation installation, Path folder) {
        List<String> command = new ArrayList<>(List.of("env", "PANACEA_CONFORMANCE=gpu"));
        command.addAll(installation.with("-Dpanacea.conformance=" + folder).run("org.junit.platform.console.ConsoleLauncher", "execute",
            "--disable-banner", "--disable-ansi-colors", "--details=tree", "--select-class=dev.panacea.training.DemoConformanceTest",
            "--reports-dir=" + folder.resolve("reports")));
        return command;
    }

    private static List<String> conformance(Installation installation, Path folder) {
        List<String> arguments = new ArrayList<>(List.of("execute", "--disable-banner", "--disable-ansi-colors", "--details=tree",
            "--include-tag=cuda",
            "--reports-dir=" + folder.resolve("reports")));
        Stream.of(installation.classPath().split(":")).filter(jar -> jar.matches(".*panacea-(runtime|kernels)-[^/]*-tests\\.jar"))
            .forEach(jar -> arguments.add("--scan-class-path=" + jar));
        return installation.run("org.junit.platform.console.ConsoleLauncher", arguments.toArray(String[]::new));
    }

    private static GpuStep sanitizer(String tool, Optional<String> noTests, Installation installation) {
        Optional<Path> sanitizer = CudaToolkit.program("compute-sanitizer");
        Optional<String> missing = sanitizer.isPresent() ? noTests
            : Optional.of("no compute-sanitizer in CUDA_HOME, CUDA_PATH, PATH or /usr/local/cuda");
        Function<Path, List<String>> command = folder -> {
            List<String> line = new ArrayList<>(List.of(sanitizer.orElseThrow().toString(), "--tool", tool, "--error-exitcode", "9"));
            // each piece of memory by itself, so that the checker knows its bounds
            line.addAll(conformance(installation.with("-Dpanacea.memory.pool=false"), folder));
            return line;
        };
        return new GpuStep(tool, "compute-sanitizer over the conformance tests", CHECKED, missing, command);
    }
}
