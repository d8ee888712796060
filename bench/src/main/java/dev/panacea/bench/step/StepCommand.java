package dev.panacea.bench.step;

import dev.panacea.bench.Machine;
import dev.panacea.bench.ReportFiles;
import dev.panacea.bench.training.DeviceStepOptions;
import dev.panacea.bench.training.DeviceStepReport;
import dev.panacea.cli.DeviceOptions;
import dev.panacea.evaluation.Json;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code panacea bench step}: whole training steps, on the host beside their matrix products alone, on a GPU beside PyTorch's. */
@Command(name = "step",
    description = {"Times whole training steps. On the host: DPO steps of small models, and their matrix products alone. With --device",
        "cuda: steps at the shapes of large models with random weights, turn about with PyTorch's on the same card.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea bench step --model tinystories --threads 2",
        "  panacea bench step --device cuda --shape llama-3.1-8b --objective sft,dpo --recomputation off,full"})
public final class StepCommand implements Callable<Integer> {
    private static final int WARM_UP = 25;
    private static final int STEPS = 15;
    private static final int WARM_UP_ON_DEVICE = 2;
    private static final int STEPS_ON_DEVICE = 5;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DeviceOptions machine;

    @Mixin
    private DeviceStepOptions onDevice;

    @Option(names = "--model", paramLabel = "NAME", description = "On the host: only models whose name has this in it.")
    private String model = "";

    @Option(names = "--precision", paramLabel = "P", split = ",", description = "On the host: float32, bfloat16; both unless said.")
    private List<Precision> precisions = List.of(Precision.values());

    @Option(names = "--warm-up", paramLabel = "N", description = "Untimed steps first; 25 on the host and 2 on a GPU unless said.")
    private Optional<Integer> warmUp;

    @Option(names = "--steps", paramLabel = "N",
        description = "Timed steps, of each turn on a GPU; 15 on the host and 5 on a GPU unless said.")
    private Optional<Integer> steps;

    @Option(names = "--to", paramLabel = "NAME", description = "Writes NAME.json and NAME.md.")
    private Path target;

    @Option(names = "--json", description = "JSON on stdout instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        if (machine.isHost()) {
            StepReport report = new StepReport(machine(), warmUp.orElse(WARM_UP), steps.orElse(STEPS), measure());
            write(report, report.table());
        } else {
            DeviceStepReport report = onDevice.measure(machine, warmUp.orElse(WARM_UP_ON_DEVICE), steps.orElse(STEPS_ON_DEVICE),
                this::progress);
            write(report, report.table());
        }
        return 0;
    }

    private void write(Object report, String table) {
        ReportFiles.write(target, report, table);
        spec.commandLine().getOut().println(json ? Json.line(report) : table);
    }

    private void progress(String line) {
        spec.commandLine().getErr().println(line);
    }

    private List<StepFigures> measure() {
        StepBenchmark benchmark = new StepBenchmark(warmUp.orElse(WARM_UP), steps.orElse(STEPS));
        List<Integer> threads = machine.threads().map(List::of).orElse(List.of(1, 2));
        List<StepFigures> figures = new ArrayList<>();
        for (ModelShape shape : ModelShape.ALL.stream().filter(shape -> shape.name().contains(model)).toList()) {
            for (Precision precision : precisions) {
                for (int count : threads) {
                    progress(shape.name() + ", " + precision + ", threads: " + count);
                    figures.add(benchmark.measure(shape, precision, count));
                }
            }
        }
        return figures;
    }

    private static Machine machine() {
        try (HostDevice device = new HostDevice()) {
            return Machine.now(device);
        }
    }
}
