package dev.panacea.cli;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.StandardError;
import java.io.UncheckedIOException;
import java.util.ServiceLoader;
import picocli.CommandLine;

/** The command line's entry: text for people on stderr, data on stdout, exit code 2 for bad input. */
public final class Main {
    private Main() { }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        StandardError.takeBack();
        int exit = run(arguments);
        // System.exit, not a return: a progress bar's or a worker's thread must not keep a finished process alive
        System.exit(exit);
    }

    static int run(String... arguments) {
        CommandLine line = new CommandLine(new PanaceaCommand());
        ServiceLoader.load(Subcommand.class).forEach(line::addSubcommand);
        return line
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((exception, command, parsed) -> explain(exception, command))
            .execute(arguments);
    }

    private static int explain(Exception exception, CommandLine command) {
        if (exception instanceof BadInputException) {
            command.getErr().println("panacea: " + exception.getMessage());
            return ExitCode.BAD_INPUT;
        }
        if (exception instanceof UncheckedIOException || exception instanceof java.io.IOException) {
            command.getErr().println("panacea: " + exception.getMessage());
            return ExitCode.FAILED;
        }
        exception.printStackTrace(command.getErr());
        return ExitCode.FAILED;
    }
}
