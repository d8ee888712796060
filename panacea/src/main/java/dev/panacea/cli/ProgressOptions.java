package dev.panacea.cli;

import dev.panacea.runtime.StandardError;
import dev.panacea.training.Progress;
import java.io.PrintWriter;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command that takes long says how far it is, on stderr. */
final class ProgressOptions {

    enum Style { AUTO, BAR, LINES, NONE }

    private static final int USUAL_COLUMNS = 80;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--progress", paramLabel = "STYLE", defaultValue = "auto",
        description = "bar, lines (one every 10 s), none, or auto: a bar on a terminal, lines elsewhere (default: ${DEFAULT-VALUE}).")
    private Style style;

    Progress open() {
        PrintWriter err = command.commandLine().getErr();
        return switch (style) {
            case NONE -> Progress.SILENT;
            case LINES -> new ProgressLines(err);
            case BAR -> new ProgressBar(err, columns(StandardError.terminalColumns()));
            case AUTO -> {
                OptionalInt terminal = StandardError.terminalColumns();
                yield terminal.isPresent() ? new ProgressBar(err, columns(terminal)) : new ProgressLines(err);
            }
        };
    }

    private static int columns(OptionalInt terminal) {
        return terminal.orElse(0) > 0 ? terminal.getAsInt() : USUAL_COLUMNS;
    }

    /** One line for the user, also where progress is silent. */
    void tell(String line) {
        command.commandLine().getErr().println("panacea: " + line);
    }
}
