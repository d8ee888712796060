package dev.panacea.cli;

import dev.panacea.config.TrainConfig;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Device;
import dev.panacea.training.LoadedModel;
import dev.panacea.training.PreparedData;
import dev.panacea.training.Progress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "prepare",
    description = {
        "Reads, splits and tokenises the data of a configuration into DIR/train.arrow and DIR/held-out.arrow.",
        "",
        "Training does this by itself. Done ahead into the folder 'data' of a run that is still to begin, its training takes these"
            + " files.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea data prepare config.yaml --to run/data",
        "  panacea data show run/data/train.arrow"})
final class DataPrepareCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONFIG", description = "A training configuration, YAML.")
    private Path config;

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The folder to write to, made if missing.")
    private Path folder;

    @Mixin
    private ConfigOptions changes;

    @Mixin
    private DeviceOptions machine;

    @Mixin
    private ProgressOptions display;

    @Override
    public Integer call() {
        TrainConfig resolved = TrainConfig.read(config, changes.overrides());
        OutputFolder.check(folder);
        Progress progress = display.open();
        var loaded = resolved.data().source().read();
        progress.note("data: " + loaded.report());
        try (Device device = machine.open(); LoadedModel model = LoadedModel.open(Kernels.on(device), resolved)) {
            PreparedData.write(folder, loaded.data(), resolved, model, progress);
            return ExitCode.FINE;
        }
    }
}
