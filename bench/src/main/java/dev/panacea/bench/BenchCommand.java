package dev.panacea.bench;

import dev.panacea.bench.device.AdapterCommand;
import dev.panacea.bench.device.AttentionCommand;
import dev.panacea.bench.device.StreamingCommand;
import dev.panacea.bench.gpu.GpuCommand;
import dev.panacea.bench.step.StepCommand;
import dev.panacea.cli.Subcommand;
import picocli.CommandLine.Command;

/** {@code panacea bench}: what this machine makes of the project's own work. */
@Command(name = "bench", subcommands = {StepCommand.class, AttentionCommand.class, AdapterCommand.class, StreamingCommand.class,
    GpuCommand.class},
    description = "Measures how fast this machine trains, and what its GPU can do.")
public final class BenchCommand implements Subcommand { }
