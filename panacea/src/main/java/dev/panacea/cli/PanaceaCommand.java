package dev.panacea.cli;

import picocli.CommandLine.Command;

@Command(name = "panacea", mixinStandardHelpOptions = true, version = "panacea 0.1.0",
    subcommands = {TrainCommand.class, PretrainCommand.class},
    description = "Trains one language model that adapts to any preference.")
final class PanaceaCommand { }
