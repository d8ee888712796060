package dev.panacea.cli;

import dev.panacea.config.TrainConfig;
import dev.panacea.data.source.PreferenceSource;
import dev.panacea.kernels.Kernels;
import dev.panacea.run.RunFolder;
import dev.panacea.run.Summary;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.simulator.DeviceModel;
import dev.panacea.training.DryRun;
import dev.panacea.training.PreferenceRun;
import dev.panacea.training.Progress;
import dev.panacea.training.plan.Place;
import dev.panacea.transformer.config.ConfigTree;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.config.LlamaShapes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "train",
    description = {
        "Trains an adapter as a YAML file says, then evaluates it over a grid of preferences.",
        "",
        "DIR gets the resolved configuration, metrics, checkpoints, the front and its plots. Ctrl-C stops after the current step and leaves"
            + " a checkpoint; --resume goes on from the newest one and ends in the same bits as a run that was never stopped.",
        "",
        "--dry-run computes nothing: it reads CONFIG and the model's config.json alone and shows the memory that the run would hold on this"
            + " machine, or on any card.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea train config.yaml --to run",
        "  panacea train config.yaml --to run-2 --set training.steps=400 --set objective.scalarization=tchebycheff",
        "  panacea train --to run --resume",
        "  panacea train config.yaml --dry-run --card h200 --shape llama-3.1-8b --set training.recomputation=selective"})
final class TrainCommand extends TrainingCommand {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "The configuration, YAML. With --resume the run's own, unless given.")
    private Path config;

    @Option(names = "--to", paramLabel = "DIR", description = "The run folder, made if missing.")
    private Path folder;

    @Option(names = "--dry-run", description = "Shows the memory that the run would hold, and does nothing else.")
    private boolean dryRun;

    @Option(names = "--card", paramLabel = "CARD",
        description = "With --dry-run: a800, a100, h100, h800, h200 or host, instead of the device.")
    private String card;

    @Option(names = "--shape", paramLabel = "NAME",
        description = "With --dry-run: llama-2-7b or llama-3.1-8b, instead of the model's folder.")
    private String shape;

    @Override
    public Integer call() {
        if (dryRun) {
            return plan();
        }
        if (folder == null) {
            throw new ParameterException(spec.commandLine(), "--to DIR is needed, or --dry-run");
        }
        TrainConfig resolved = resolved();
        OutputFolder.check(folder);
        Progress progress = display.open();
        return untilStopped("panacea train --to " + folder + " --resume", (device, stop) -> {
            Summary summary = new PreferenceRun(Kernels.on(device), resolved, progress, stop)
                .execute(folder, resume, pairs(resolved, progress));
            output.answer(SummaryTable.of(summary), summary);
        });
    }

    private int plan() {
        if (config == null) {
            throw new ParameterException(spec.commandLine(), "--dry-run needs a CONFIG");
        }
        TrainConfig resolved = TrainConfig.read(config, changes.overrides());
        LlamaConfig model = shape == null ? LlamaConfig.read(resolved.model().folder().resolve("config.json")) : LlamaShapes.named(shape);
        DryRun run = DryRun.of(resolved, model, resolved.data().source().dimensions().size(), place());
        output.answer(run.text(), run);
        return ExitCode.FINE;
    }

    private Place place() {
        if (card != null && !card.equals("host")) {
            return new Place.Card(DeviceModel.named(card));
        }
        try (Device device = card == null ? machine.open() : new HostDevice()) {
            return Place.of(Kernels.on(device));
        }
    }

    private TrainConfig resolved() {
        if (config == null && !resume) {
            throw new ParameterException(spec.commandLine(), "A CONFIG is needed to begin a run");
        }
        if (!resume) {
            return TrainConfig.read(config, changes.overrides());
        }
        Path stored = RunFolder.open(folder).configFile();
        TrainConfig begun = TrainConfig.read(stored, List.of());
        TrainConfig wanted = TrainConfig.read(config == null ? stored : config, changes.overrides());
        if (!wanted.equals(begun)) {
            throw new BadInputException("the run in " + folder + " was begun with other values of "
                + String.join(", ", ConfigDifference.keys(ConfigTree.toTree(begun), ConfigTree.toTree(wanted)))
                + "; go on without changes, or begin a new run");
        }
        return begun;
    }

    // Read before the run begins, so that data that cannot be read leaves no run behind; not where a run or 'data prepare' has cut it.
    private PreferenceRun.Supply pairs(TrainConfig resolved, Progress progress) {
        PreferenceSource source = resolved.data().source();
        return Files.exists(new RunFolder(folder).dataFolder())
            ? PreferenceRun.Supply.of(source, progress) : PreferenceRun.Supply.readNow(source, progress);
    }
}
