package dev.panacea.cli;

import dev.panacea.config.TrainConfig;
import dev.panacea.run.Summary;
import dev.panacea.runtime.HostDevice;
import dev.panacea.training.PreferenceRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "train", mixinStandardHelpOptions = true, description = "Trains an adapter as a YAML file says.")
final class TrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONFIG", description = "The configuration.")
    private Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one key of the configuration.")
    private final List<String> overrides = new ArrayList<>();

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The run folder.")
    private Path folder;

    @Option(names = "--resume", description = "Goes on with the run in that folder.")
    private boolean resume;

    @Override
    public Integer call() {
        TrainConfig resolved = TrainConfig.read(config, overrides);
        try (HostDevice device = new HostDevice()) {
            Summary summary = new PreferenceRun(device, resolved, new ConsoleProgress(System.err, System.console() != null))
                .execute(folder, resume, model -> resolved.data().source().read().data());
            System.out.println(dev.panacea.evaluation.Json.line(summary));
            return ExitCode.FINE;
        }
    }
}
