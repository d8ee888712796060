package dev.panacea.cli;

import dev.panacea.config.TrainConfig;
import dev.panacea.data.DataReport;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "show",
    description = {
        "Shows how much data there is, what each dimension prefers, how long texts are, and some examples.",
        "",
        "From a configuration: the pairs of its sources, lengths in characters. From an Arrow file that 'data prepare' or training wrote:"
            + " what was kept of them, lengths in tokens.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea data show config.yaml --examples 5",
        "  panacea data show run/data/train.arrow --json"})
final class DataShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A configuration (.yaml, .yml) or tokenised data (.arrow).")
    private Path file;

    @Option(names = "--examples", paramLabel = "N", defaultValue = "2",
        description = "Pairs to show, from a configuration (default: ${DEFAULT-VALUE}).")
    private int examples;

    @Mixin
    private ConfigOptions changes;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if (!Files.exists(file)) {
            throw new BadInputException("the file " + file + " does not exist");
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".arrow")) {
            TokenisedReport report = TokenisedReport.of(file);
            output.answer(report.text(), report);
        } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            showSources(TrainConfig.read(file, changes.overrides()));
        } else {
            throw new BadInputException(file + " is neither a configuration (.yaml) nor tokenised data (.arrow); name data files in the"
                + " data section of a configuration and show that");
        }
        return ExitCode.FINE;
    }

    private void showSources(TrainConfig config) {
        var loaded = config.data().source().read();
        DataReport report = DataReport.of(loaded.data(), Math.max(0, examples), config.seed());
        output.answer("rows       " + loaded.report() + "\n" + PairsReportText.of(report), report);
    }
}
