package dev.panacea.cli;

import dev.panacea.pretraining.PretrainConfig;
import dev.panacea.pretraining.Pretraining;
import dev.panacea.runtime.HostDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "pretrain", mixinStandardHelpOptions = true, description = "Trains a small language model on plain text.")
final class PretrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONFIG", description = "The configuration.")
    private Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one key of the configuration.")
    private final List<String> overrides = new ArrayList<>();

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The run folder.")
    private Path folder;

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "Where the model folder is written.")
    private Path model;

    @Option(names = "--resume", description = "Goes on with the run in that folder.")
    private boolean resume;

    @Override
    public Integer call() {
        try (HostDevice device = new HostDevice()) {
            var result = new Pretraining(device, PretrainConfig.read(config, overrides), new ConsoleProgress(System.err, false))
                .execute(folder, resume, model);
            System.out.println(dev.panacea.evaluation.Json.line(result));
            return ExitCode.FINE;
        }
    }
}
