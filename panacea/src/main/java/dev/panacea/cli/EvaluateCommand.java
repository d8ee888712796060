package dev.panacea.cli;

import dev.panacea.kernels.Kernels;
import dev.panacea.run.Summary;
import dev.panacea.runtime.Device;
import dev.panacea.training.TrainedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "evaluate",
    description = {
        "Measures the front of a run's newest checkpoint on its held-out data, beside the base model and the control.",
        "",
        "Works on a finished run, on a stopped one and on one that is being trained; nothing in the folder is changed. The answer has the"
            + " fields of summary.json. Hypervolumes are above the one point that all systems of this evaluation share, so they compare"
            + " within it, not between runs.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea evaluate run",
        "  panacea evaluate run --grid 21 --json",
        "  panacea evaluate run --precision bfloat16"})
final class EvaluateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "The run folder.")
    private Path run;

    @Option(names = "--grid", paramLabel = "N",
        description = "Evaluates at no more than N preferences, evenly spread (default: evaluation.grid_points of the run).")
    private Optional<Integer> gridPoints;

    @Mixin
    private ConfigOptions changes;

    @Mixin
    private DeviceOptions machine;

    @Mixin
    private ProgressOptions display;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        List<String> overrides = new ArrayList<>(changes.overrides());
        gridPoints.ifPresent(points -> overrides.add("evaluation.grid_points=" + points));
        try (Device device = machine.open(); TrainedRun trained = TrainedRun.open(Kernels.on(device), run, overrides)) {
            Summary summary = trained.evaluate(display.open());
            output.answer("step " + trained.checkpoint().state().step() + "\n\n" + SummaryTable.of(summary), summary);
            return ExitCode.FINE;
        }
    }
}
