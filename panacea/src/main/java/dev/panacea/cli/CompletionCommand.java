package dev.panacea.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "completion",
    description = {"Writes a script to stdout that teaches bash and zsh to complete the commands and options of panacea.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  source <(panacea completion)",
        "  panacea completion > ~/.local/share/bash-completion/completions/panacea"})
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(AutoComplete.bash("panacea", Main.commandLine()));
        spec.commandLine().getOut().flush();
        return ExitCode.FINE;
    }
}
