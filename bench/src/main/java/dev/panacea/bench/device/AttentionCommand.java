package dev.panacea.bench.device;

import dev.panacea.bench.ReportFiles;
import dev.panacea.bench.gpu.Card;
import dev.panacea.cli.DeviceOptions;
import dev.panacea.evaluation.Json;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code panacea bench attention}: the own attention beside PyTorch's on one GPU. */
@Command(name = "attention",
    description = {"Times attention in bfloat16 on a GPU, forward alone and with its backward, turn about with PyTorch's",
        "scaled_dot_product_attention on FlashAttention and cuDNN where a Python with PyTorch is found.", ""})
public final class AttentionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DeviceOptions machine;

    @Option(names = "--longest", paramLabel = "N", defaultValue = "16384",
        description = "Sequences of 1024 tokens and twice as many each time, up to this (default: ${DEFAULT-VALUE}).")
    private int longest;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Turns of each side (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--repeats", paramLabel = "N", defaultValue = "10", description = "Timings a turn (default: ${DEFAULT-VALUE}).")
    private int repeats;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "540",
        description = "Begins nothing new after this time (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--python", paramLabel = "FILE", defaultValue = "python3",
        description = "Python that has PyTorch (default: ${DEFAULT-VALUE}).")
    private String python;

    @Option(names = "--to", paramLabel = "NAME", description = "Writes NAME.json and NAME.md.")
    private Path target;

    @Option(names = "--json", description = "JSON on stdout instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        if (rounds < 1 || repeats < 1 || seconds < 1 || longest < 1) {
            throw new BadInputException("--longest, --rounds, --repeats and --seconds must be at least 1");
        }
        AttentionReport report;
        try (Device device = machine.open()) {
            if (!(device instanceof CudaDevice cuda)) {
                throw new BadInputException("bench attention measures a GPU, not " + device + "; give --device cuda");
            }
            report = measure(cuda);
        }
        ReportFiles.write(target, report, report.table());
        spec.commandLine().getOut().println(json ? Json.line(report) : report.table());
        return 0;
    }

    private AttentionReport measure(CudaDevice device) {
        PrintWriter err = spec.commandLine().getErr();
        Optional<TorchPeer> started = TorchPeer.start(python);
        try (DeviceClock clock = new DeviceClock(device, DeviceClock.FLUSH_BYTES)) {
            String versions = started.map(peer -> peer.absence().orElseGet(peer::versions)).orElse(python + " cannot be started");
            err.println(versions);
            Card card = Card.now().orElse(null);
            Optional<TorchPeer> usable = started.filter(peer -> peer.absence().isEmpty());
            List<AttentionFigures> figures = new AttentionComparison(device, clock, usable, rounds, repeats)
                .run(AttentionShape.upTo(longest), Instant.now().plusSeconds(seconds), err::println);
            return new AttentionReport(LocalDate.now().toString(), device.properties().name(), device.context().driver().name(), versions,
                card, rounds, repeats, DeviceClock.FLUSH_BYTES, figures);
        } finally {
            started.ifPresent(TorchPeer::close);
        }
    }
}
