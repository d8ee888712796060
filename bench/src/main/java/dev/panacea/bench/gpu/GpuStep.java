package dev.panacea.bench.gpu;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One thing that a session on a GPU machine does, in a process of its own, so that a crash or a lost context ends nothing else. What it
 * measures it leaves as JSON in {@code figures.json} of its folder, or prints as JSON alone.
 *
 * @param purpose for the report, a few words
 * @param mostSeconds after which it is stopped
 * @param missing why it cannot run here; empty when it can
 * @param command the program, given the step's own folder
 * @param summary one line of all that it printed
 */
record GpuStep(String name, String purpose, int mostSeconds, Optional<String> missing, Function<Path, List<String>> command,
               Function<String, String> summary) {
    private static final int LONGEST_LINE = 200;

    /** A step whose last line says how it went. */
    GpuStep(String name, String purpose, int mostSeconds, Optional<String> missing, Function<Path, List<String>> command) {
        this(name, purpose, mostSeconds, missing, command, GpuStep::lastLine);
    }

    private static String lastLine(String text) {
        String last = text.lines().filter(line -> !line.isBlank()).reduce("", (before, line) -> line).strip();
        return last.length() <= LONGEST_LINE ? last : last.substring(0, LONGEST_LINE) + "…";
    }
}
