package dev.panacea.cli;

import dev.panacea.evaluation.Json;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a command answers, on stdout: text for people or JSON for scripts. */
final class OutputOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--json", description = "Writes JSON, on one line, instead of text.")
    private boolean json;

    /** Answers with {@code text}, or with {@code record} where JSON is asked for. */
    void answer(String text, Object record) {
        command.commandLine().getOut().println(json ? Json.line(record) : text.stripTrailing());
    }

    /** Answers with {@code text}, or with a line for each of {@code records} where JSON is asked for. */
    void answerEach(String text, List<?> records) {
        if (!json) {
            answer(text, null);
            return;
        }
        records.forEach(record -> answer("", record));
    }
}
