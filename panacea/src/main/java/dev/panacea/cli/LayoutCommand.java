package dev.panacea.cli;

import picocli.CommandLine.Command;

@Command(name = "layout", subcommands = LayoutShowCommand.class,
    description = {"Works on adapter layouts: which matrices of which layers carry an adapter.", ""},
    footerHeading = "%nExample:%n",
    footer = "  panacea layout show config.yaml")
final class LayoutCommand { }
