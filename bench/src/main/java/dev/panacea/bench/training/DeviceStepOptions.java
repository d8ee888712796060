package dev.panacea.bench.training;

import dev.panacea.autograd.Recomputation;
import dev.panacea.bench.device.TorchPeer;
import dev.panacea.bench.gpu.Card;
import dev.panacea.bench.training.StepPeer.Way;
import dev.panacea.cli.DeviceOptions;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.cuda.CudaDriver;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/** What {@code bench step} measures on a CUDA device. */
public final class DeviceStepOptions {
    @Option(names = "--shape", paramLabel = "NAME", split = ",", defaultValue = "llama-3.1-8b",
        description = "On a GPU: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private List<StepShape.Model> models;

    @Option(names = "--objective", paramLabel = "KIND", split = ",", defaultValue = "sft",
        description = "On a GPU: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private List<StepShape.Objective> objectives;

    @Option(names = "--tokens", paramLabel = "N", defaultValue = "4096", description = "On a GPU: of a step (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--sequences", paramLabel = "N", defaultValue = "0",
        description = "On a GPU: that the tokens are split into; one under SFT and two under DPO unless said.")
    private int sequences;

    @Option(names = "--recomputation", paramLabel = "MODE", split = ",", defaultValue = "off",
        description = "On a GPU: of blocks in the backward, ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private List<Recomputation> recomputations;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "2",
        description = "On a GPU: turns of each side (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "3600",
        description = "On a GPU: begins no other shape after this time (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--ways", paramLabel = "WAY", split = ",", defaultValue = "peft,eager",
        description = "On a GPU: of PyTorch, ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private List<Way> ways;

    @Option(names = "--python", paramLabel = "FILE", defaultValue = "python3",
        description = "On a GPU: Python that has PyTorch (default: ${DEFAULT-VALUE}).")
    private String python;

    /** @throws BadInputException for a shape that cannot be, or a device that is not there */
    public DeviceStepReport measure(DeviceOptions machine, int warmUp, int steps, Consumer<String> progress) {
        if (rounds < 1 || steps < 1 || warmUp < 0) {
            throw new BadInputException("--rounds and --steps must be at least 1, and --warm-up at least 0");
        }
        List<StepShape> shapes = shapes();
        Function<UnaryOperator<CudaDriver>, CudaDevice> open = watching -> (CudaDevice) machine.open(watching);
        Card before = Card.now().orElse(null);
        List<DeviceStepFigures> figures = new ArrayList<>();
        String versions = "";
        Instant end = Instant.now().plusSeconds(seconds);
        for (StepShape shape : shapes) {
            if (!figures.isEmpty() && Instant.now().isAfter(end)) {
                progress.accept("the time is over after " + figures.size() + " of " + shapes.size());
                break;
            }
            // a process for each shape, so that no memory of one is in the way of the next
            Optional<TorchPeer> started = TorchPeer.start(python, StepPeer.SCRIPT);
            try {
                versions = TorchPeer.description(started, python);
                DeviceStepFigures one = new DeviceStepBenchmark(open, shape).measure(new StepTurns(rounds, warmUp, steps),
                    StepPeer.of(started), ways);
                progress.accept(DeviceStepReport.rows(one).strip());
                figures.add(one);
            } finally {
                started.ifPresent(TorchPeer::close);
            }
        }
        try (CudaDevice device = open.apply(UnaryOperator.identity())) {
            return new DeviceStepReport(LocalDate.now().toString(), device.properties().name(), device.context().driver().name(), versions,
                before, Card.now().orElse(null), rounds, steps, figures);
        }
    }

    private List<StepShape> shapes() {
        List<StepShape> shapes = new ArrayList<>();
        for (StepShape.Model model : models) {
            for (StepShape.Objective objective : objectives) {
                recomputations.forEach(mode -> shapes.add(StepShape.of(model, objective, tokens, sequences, mode)));
            }
        }
        return shapes;
    }
}
