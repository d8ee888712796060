package dev.panacea.bench.gpu;

import dev.panacea.evaluation.Json;
import dev.panacea.runtime.AtomicFile;
import dev.panacea.runtime.BadInputException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code panacea bench gpu}: everything that can only be learnt on a GPU, in one call and within a time. */
@Command(name = "gpu",
    description = {"Checks and measures all that needs a GPU: both drivers, the simulated GPU against the real one, NVIDIA's own",
        "checkers, and launch costs. Each step runs in a process of its own. Ends with 1 when a step failed.", ""})
public final class GpuCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "540",
        description = "Stops after this time, whatever is done (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--to", paramLabel = "DIR", defaultValue = "gpu-results",
        description = "Folder for gpu.json, gpu.md and each step's own files (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(names = "--only", paramLabel = "STEP", split = ",", description = "Only these steps.")
    private List<String> only = List.of();

    @Override
    public Integer call() {
        if (seconds < 1) {
            throw new BadInputException("--seconds " + seconds + " leaves no time; give at least 1");
        }
        List<GpuStep> steps = chosen(GpuSteps.of(Installation.ofThisProcess()));
        Card before = Card.now().orElse(null);
        Instant start = Instant.now();
        PrintWriter err = spec.commandLine().getErr();
        List<StepResult> results = new GpuSession(folder, start.plusSeconds(seconds), err::println).run(steps);
        GpuReport report = new GpuReport(OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString(), before, Card.now().orElse(null),
            ChronoUnit.MILLIS.between(start, Instant.now()) * 1e-3, results);
        Json.write(folder.resolve("gpu.json"), report);
        AtomicFile.write(folder.resolve("gpu.md"), sink -> sink.write(report.table().getBytes(StandardCharsets.UTF_8)));
        spec.commandLine().getOut().println(report.table());
        return report.failed() ? 1 : 0;
    }

    private List<GpuStep> chosen(List<GpuStep> all) {
        List<String> names = all.stream().map(GpuStep::name).toList();
        only.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
            throw new BadInputException("--only " + name + " is no step; there are " + String.join(", ", names));
        });
        return all.stream().filter(step -> only.isEmpty() || only.contains(step.name())).toList();
    }
}
