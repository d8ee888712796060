package dev.panacea.bench.device;

import dev.panacea.bench.ReportFiles;
import dev.panacea.cli.DeviceOptions;
import dev.panacea.evaluation.Json;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A benchmark of a CUDA device: turns of timings, and a report as a table or as JSON. */
abstract class DeviceCommand implements Callable<Integer> {

    /** What was measured. */
    interface Report {
        /** Markdown. */
        String table();
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private DeviceOptions machine;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Turns of each side (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--repeats", paramLabel = "N", defaultValue = "10", description = "Timings a turn (default: ${DEFAULT-VALUE}).")
    private int repeats;

    @Option(names = "--to", paramLabel = "NAME", description = "Writes NAME.json and NAME.md.")
    private Path target;

    @Option(names = "--json", description = "JSON on stdout instead of a table.")
    private boolean json;

    final int rounds() {
        return rounds;
    }

    final int repeats() {
        return repeats;
    }

    /** A line for whoever waits. */
    final void progress(String line) {
        spec.commandLine().getErr().println(line);
    }

    abstract Report measure(CudaDevice device, DeviceClock clock);

    @Override
    public final Integer call() {
        atLeastOne("--rounds", rounds);
        atLeastOne("--repeats", repeats);
        Report report;
        try (Device device = machine.open()) {
            if (!(device instanceof CudaDevice cuda)) {
                throw new BadInputException("bench " + spec.name() + " measures a GPU, not " + device + "; give --device cuda");
            }
            try (DeviceClock clock = new DeviceClock(cuda, DeviceClock.FLUSH_BYTES)) {
                report = measure(cuda, clock);
            }
        }
        ReportFiles.write(target, report, report.table());
        spec.commandLine().getOut().println(json ? Json.line(report) : report.table());
        return 0;
    }

    static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new BadInputException(option + " must be at least 1, not " + value);
        }
    }
}
