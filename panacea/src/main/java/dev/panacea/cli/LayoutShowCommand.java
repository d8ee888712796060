package dev.panacea.cli;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.panacea.config.TrainConfig;
import dev.panacea.transformer.adapter.AdapterPlan;
import dev.panacea.transformer.config.ConfigTree;
import dev.panacea.transformer.config.LlamaConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "show",
    description = {
        "Shows the matrices that carry an adapter, their ranks, and what they cost in parameters and bytes.",
        "",
        "Reads the config.json of the model only, not its weights. Without CONFIG the published layout is shown: all seven matrices of"
            + " every layer, k = 8.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea layout show config.yaml",
        "  panacea layout show --model llama-2-7b --dimensions 2",
        "  panacea layout show config.yaml --set adapter.rank=4 --set adapter.projections=[q,v] --json"})
final class LayoutShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "A training configuration, YAML.")
    private Path config;

    @Option(names = "--model", paramLabel = "DIR", description = "The model folder (default: that of CONFIG).")
    private Path modelFolder;

    @Option(names = "--dimensions", paramLabel = "M", description = "Preference dimensions (default: those of CONFIG's data).")
    private Optional<Integer> dimensions;

    @Mixin
    private ConfigOptions changes;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if (config == null && (modelFolder == null || dimensions.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "Without a CONFIG, --model DIR and --dimensions M are needed");
        }
        List<String> overrides = new ArrayList<>(changes.overrides());
        if (modelFolder != null) {
            overrides.add("model.folder=" + modelFolder.toAbsolutePath());
        }
        TrainConfig resolved = config != null ? TrainConfig.read(config, overrides)
            : ConfigTree.read(TrainConfig.defaults(), MissingNode.getInstance(), overrides, "--set");
        LlamaConfig model = LlamaConfig.read(resolved.model().folder().resolve("config.json"));
        AdapterPlan plan = resolved.adapter().resolve(model, dimensions(resolved));
        output.answer(plan.table(), plan.toTree());
        return ExitCode.FINE;
    }

    private int dimensions(TrainConfig resolved) {
        int count = dimensions.orElseGet(() -> resolved.data().source().dimensions().size());
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--dimensions must be at least 1, not " + count);
        }
        return count;
    }
}
