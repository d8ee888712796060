package dev.panacea.cli;

import picocli.CommandLine.Command;

@Command(name = "data", subcommands = {DataPrepareCommand.class, DataShowCommand.class},
    description = {"Prepares preference data and shows what is in it.", ""},
    footerHeading = "%nExamples:%n",
    footer = {"  panacea data show config.yaml", "  panacea data prepare config.yaml --to run/data"})
final class DataCommand { }
