package dev.panacea.cli;

/** A command that a module above contributes as a service; its class carries picocli's {@code @Command}. */
public interface Subcommand { }
