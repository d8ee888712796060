package dev.panacea.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root of all commands; each is a class of its own. */
@Command(name = "panacea", version = "panacea 0.1.0",
    description = {
        "Trains one language model that follows any preference: an SVD-LoRA adapter whose singular values carry the weights of several"
            + " objectives, so that one training gives the whole Pareto front."},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea demo",
        "  panacea train config.yaml --to run",
        "  panacea evaluate run",
        "  panacea generate run --preference 0.7,0.3 --prompt \"Once upon a time\"",
        "  panacea doctor"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:fine", "1:failed", "2:bad input: a file, a key or an option cannot be used",
        "130:interrupted, after a checkpoint where training ran"})
final class PanaceaCommand {
    static final String VERSION = "--version";
    static final List<Class<?>> SUBCOMMANDS = List.of(DemoCommand.class, TrainCommand.class, PretrainCommand.class, EvaluateCommand.class,
        GenerateCommand.class, DataCommand.class, LayoutCommand.class, SimulateCommand.class, DoctorCommand.class,
        CompletionCommand.class);

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Shows this help.")
    private boolean help;

    @Option(names = {"-V", VERSION}, versionHelp = true, description = "Shows the version.")
    private boolean version;
}
