package dev.panacea.cli;

import dev.panacea.runtime.StandardError;
import java.io.PrintWriter;
import java.lang.reflect.Field;
import java.util.List;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

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
        return commandLine(arguments).setOut(out).setErr(err).execute(arguments);
    }

    /** All commands, ready to parse. */
    static CommandLine commandLine() {
        return prepared(with(command -> true));
    }

    /** What it takes to parse {@code arguments}: to look at every option of every command would be most of the time to start. */
    private static CommandLine commandLine(String... arguments) {
        if (List.of(arguments).equals(List.of(PanaceaCommand.VERSION))) {
            return prepared(with(command -> false));
        }
        CommandLine named = with(command -> arguments.length > 0 && name(command).equals(arguments[0]));
        return named.getSubcommands().isEmpty() ? commandLine() : prepared(named);
    }

    private static CommandLine with(Predicate<Class<?>> wanted) {
        CommandLine line = new CommandLine(new PanaceaCommand());
        PanaceaCommand.SUBCOMMANDS.stream().filter(wanted).forEach(line::addSubcommand);
        ServiceLoader.load(Subcommand.class).stream().filter(service -> wanted.test(service.type())).map(Provider::get)
            .forEach(line::addSubcommand);
        return line;
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    private static CommandLine prepared(CommandLine line) {
        line.setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpWidth(HELP_WIDTH)
            // help may be piped, and this much text needs no colours
            .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
            .setParameterExceptionHandler(Failures::explainUsage)
            .setExecutionExceptionHandler((exception, command, parsed) -> Failures.explain(exception, command));
        orderOptions(line.getCommandSpec());
        return line;
    }

    /** In help a command's own options come first, as declared, then those that it shares with others. */
    private static void orderOptions(CommandSpec command) {
        command.usageMessage().sortOptions(false);
        for (OptionSpec option : List.copyOf(command.options())) {
            boolean own = option.userObject() instanceof Field field && field.getDeclaringClass() == command.userObject().getClass();
            if (!own && !option.inherited()) {
                command.remove(option);
                command.addOption(option);
            }
        }
        command.subcommands().values().forEach(subcommand -> orderOptions(subcommand.getCommandSpec()));
    }
}
