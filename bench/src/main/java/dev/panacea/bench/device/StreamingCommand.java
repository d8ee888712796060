package dev.panacea.bench.device;

import dev.panacea.bench.Spread;
import dev.panacea.bench.ReportFiles;
import dev.panacea.bench.gpu.Card;
import dev.panacea.cli.DeviceOptions;
import dev.panacea.evaluation.Json;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code panacea bench streaming}: the memory-bound kernels beside the card's own copy rate. */
@Command(name = "streaming",
    description = {"Times the kernels that only move memory on a GPU, at the shapes of a model with 8 billion parameters, and says what",
        "share of a plain copy's rate each reaches.", ""})
public final class StreamingCommand implements Callable<Integer> {
    private static final int WARM_UP = 3;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DeviceOptions machine;

    @Option(names = "--tokens", paramLabel = "N", defaultValue = "4096", description = "Tokens of a batch (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--parameters", paramLabel = "N", defaultValue = "41943040",
        description = "Parameters of all adapters (default: ${DEFAULT-VALUE}).")
    private int parameters;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Turns of each call (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--repeats", paramLabel = "N", defaultValue = "20", description = "Timings a turn (default: ${DEFAULT-VALUE}).")
    private int repeats;

    @Option(names = "--to", paramLabel = "NAME", description = "Writes NAME.json and NAME.md.")
    private Path target;

    @Option(names = "--json", description = "JSON on stdout instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        if (tokens < 1 || parameters < 1 || rounds < 1 || repeats < 1) {
            throw new BadInputException("--tokens, --parameters, --rounds and --repeats must be at least 1");
        }
        StreamingReport report;
        try (Device device = machine.open()) {
            if (!(device instanceof CudaDevice cuda)) {
                throw new BadInputException("bench streaming measures a GPU, not " + device + "; give --device cuda");
            }
            Card before = Card.now().orElse(null);
            List<StreamingFigures> figures = measure(cuda);
            report = new StreamingReport(LocalDate.now().toString(), cuda.properties().name(), cuda.context().driver().name(), before,
                Card.now().orElse(null), rounds, repeats, figures);
        }
        ReportFiles.write(target, report, report.table());
        spec.commandLine().getOut().println(json ? Json.line(report) : report.table());
        return 0;
    }

    /** All calls have their turn in every round, so that whatever the card's clock does meets all of them. */
    private List<StreamingFigures> measure(CudaDevice device) {
        try (DeviceClock clock = new DeviceClock(device, DeviceClock.FLUSH_BYTES);
             StreamingCalls calls = new StreamingCalls(device, tokens, parameters)) {
            List<StreamingCall> all = calls.all();
            List<DoubleStream.Builder> times = all.stream().map(call -> DoubleStream.builder()).toList();
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < all.size(); i++) {
                    DoubleStream.of(clock.time(all.get(i).call(), WARM_UP, repeats)).forEach(times.get(i));
                }
            }
            List<Spread> spreads = times.stream().map(builder -> Spread.ofMilliseconds(builder.build().toArray())).toList();
            double copyRate = StreamingFigures.rate(all.getFirst(), spreads.getFirst());
            List<StreamingFigures> figures = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                figures.add(StreamingFigures.of(all.get(i), spreads.get(i), copyRate));
            }
            return figures;
        }
    }
}
