package dev.panacea.cli;

import dev.panacea.runtime.StandardError;
import java.io.PrintWriter;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The command line's entry: text for people on stderr, data on stdout, and an exit code that scripts can rely on. */
public final class Main {
    private static final int HELP_WIDTH = 100;

    private Main() { }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        StandardError.takeBack();
        int exit = run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments);
        // System.exit, not a return: a thread of a library must not keep a finished process alive
        System.exit(exit);
    }

    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return commandLine().setOut(out).setErr(err).execute(arguments);
    }

    /** All commands, ready to parse. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new PanaceaCommand());
        ServiceLoader.load(Subcommand.class).forEach(line::addSubcommand);
        line.setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpWidth(HELP_WIDTH)
            // help may be piped, and this much text needs no colours
            .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
            .setParameterExceptionHandler(Failures::explainUsage)
            .setExecutionExceptionHandler((exception, command, parsed) -> Failures.explain(exception, command));
        keepOptionOrder(line);
        return line;
    }

    private static void keepOptionOrder(CommandLine line) {
        line.getCommandSpec().usageMessage().sortOptions(false);
        line.getSubcommands().values().forEach(Main::keepOptionOrder);
    }
}
