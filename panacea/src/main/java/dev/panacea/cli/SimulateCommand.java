package dev.panacea.cli;

import picocli.CommandLine.Command;

@Command(name = "simulate", subcommands = {SimulateRmsNormCommand.class, SimulateFileCommand.class},
    description = {
        "Runs one kernel on the simulated GPU, checks it, and counts what a profiler would.",
        "",
        "Found are accesses out of bounds, use of memory that nobody wrote, races and misused barriers; counted are instructions by kind,"
            + " FLOPs, sectors, bank conflicts, divergence. No GPU is needed. Ends with 1 when something is wrong with the kernel.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea simulate rms-norm --rows 64 --columns 4096 --dtype bf16",
        "  panacea simulate file saxpy.cu --kernel saxpy --grid 4 --block 256 --arg i32=1000 --arg f32=2 --arg f32:1000 --arg f32:1000"})
final class SimulateCommand { }
