package dev.panacea.bench.step;

import dev.panacea.bench.Machine;
import dev.panacea.bench.ReportFiles;
import dev.panacea.evaluation.Json;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Precision;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code panacea bench step}: whole training steps beside their matrix products alone. */
@Command(name = "step",
    description = "Times DPO training steps of small models, and their matrix products alone.")
public final class StepCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "NAME", description = "Only models whose name has this in it.")
    private String model = "";

    @Option(names = "--precision", paramLabel = "P", split = ",", description = "float32, bfloat16; both unless said.")
    private List<Precision> precisions = List.of(Precision.values());

    @Option(names = "--threads", paramLabel = "N", split = ",", description = "Thread counts; 1 and 2 unless said.")
    private List<Integer> threads = List.of(1, 2);

    @Option(names = "--warm-up", paramLabel = "N", description = "Untimed steps first.")
    private int warmUp = 25;

    @Option(names = "--steps", paramLabel = "N", description = "Timed steps.")
    private int steps = 15;

    @Option(names = "--to", paramLabel = "NAME", description = "Writes NAME.json and NAME.md.")
    private Path target;

    @Option(names = "--json", description = "JSON on stdout instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        StepReport report = new StepReport(machine(), warmUp, steps, measure());
        ReportFiles.write(target, report, report.table());
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.line(report) : report.table());
        return 0;
    }

    private List<StepFigures> measure() {
        StepBenchmark benchmark = new StepBenchmark(warmUp, steps);
        List<StepFigures> figures = new ArrayList<>();
        for (ModelShape shape : ModelShape.ALL.stream().filter(shape -> shape.name().contains(model)).toList()) {
            for (Precision precision : precisions) {
                for (int count : threads) {
                    spec.commandLine().getErr().println(shape.name() + ", " + precision + ", threads: " + count);
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
