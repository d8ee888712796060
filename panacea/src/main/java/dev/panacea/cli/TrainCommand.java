package dev.panacea.cli;

import dev.panacea.config.TrainConfig;
import dev.panacea.data.PreferenceSet;
import dev.panacea.kernels.Kernels;
import dev.panacea.run.RunFolder;
import dev.panacea.run.Summary;
import dev.panacea.runtime.BadInputException;
import dev.panacea.training.PreferenceRun;
import dev.panacea.training.Progress;
import dev.panacea.transformer.config.ConfigTree;
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
            + " a checkpoint; --resume goes on from the newest one and ends in the same bits as a run that was never stopped.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea train config.yaml --to run",
        "  panacea train config.yaml --to run-2 --set training.steps=400 --set objective.scalarization=tchebycheff",
        "  panacea train --to run --resume"})
final class TrainCommand extends TrainingCommand {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "The configuration, YAML. With --resume the run's own, unless given.")
    private Path config;

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The run folder, made if missing.")
    private Path folder;

    @Override
    public Integer call() {
        TrainConfig resolved = resolved();
        OutputFolder.check(folder);
        Progress progress = display.open();
        return untilStopped("panacea train --to " + folder + " --resume", (device, stop) -> {
            Summary summary = new PreferenceRun(Kernels.on(device), resolved, progress, stop).execute(folder, resume, pairs(resolved, progress));
            output.answer(SummaryTable.of(summary), summary);
        });
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
        if (Files.exists(new RunFolder(folder).dataFolder())) {
            return model -> read(resolved, progress);
        }
        PreferenceSet pairs = read(resolved, progress);
        return model -> pairs;
    }

    private static PreferenceSet read(TrainConfig config, Progress progress) {
        var loaded = config.data().source().read();
        progress.note("data: " + loaded.report());
        return loaded.data();
    }
}
