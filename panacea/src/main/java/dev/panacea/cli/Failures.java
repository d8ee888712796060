package dev.panacea.cli;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.OutOfDeviceMemoryException;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.training.DivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Turns what went wrong into one line on stderr and an exit code; only a fault of the program itself shows a stack trace. */
final class Failures {
    private Failures() { }

    /** For a command that ran: 2 where the user can mend it, 1 else. */
    static int explain(Exception exception, CommandLine command) {
        switch (exception) {
            case BadInputException e -> {
                return oneLine(e, command, ExitCode.BAD_INPUT);
            }
            case DivergedException e -> {
                return oneLine(e, command, ExitCode.FAILED);
            }
            case OutOfDeviceMemoryException e -> {
                return oneLine(e, command, ExitCode.FAILED);
            }
            case CudaException e -> {
                return oneLine(e, command, ExitCode.FAILED);
            }
            case IOException e -> {
                return oneLine(e, command, ExitCode.FAILED);
            }
            case UncheckedIOException e -> {
                return oneLine(e, command, ExitCode.FAILED);
            }
            default -> {
                command.getErr().println("panacea: this should not have happened; please report it with what follows");
                exception.printStackTrace(command.getErr());
                return ExitCode.FAILED;
            }
        }
    }

    private static int oneLine(Exception exception, CommandLine command, int exit) {
        command.getErr().println("panacea: " + flat(String.valueOf(exception.getMessage())));
        return exit;
    }

    /** For a command line that cannot be understood: one sentence and where help is. */
    static int explainUsage(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        String sentence = flat(exception.getMessage()).replaceFirst("\\.$", "");
        command.getErr().println("panacea: " + Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1) + "; see "
            + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.BAD_INPUT;
    }

    private static String flat(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
