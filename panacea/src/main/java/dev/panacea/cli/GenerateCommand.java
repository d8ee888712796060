package dev.panacea.cli;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.panacea.config.TrainConfig;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Device;
import dev.panacea.training.LoadedModel;
import dev.panacea.training.TrainedRun;
import dev.panacea.transformer.config.ConfigTree;
import dev.panacea.transformer.model.RowProjector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "generate",
    description = {
        "Continues a prompt with what a run has trained, at any preference: no further training, one model for all of them.",
        "",
        "Several --preference options run side by side in one batch. A run's prompt is written as its training prompts were (for"
            + " dialogues: as the human's turn) unless --verbatim. With --model a plain model folder is used, without a run.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea generate run --preference 0.7,0.3 --prompt \"Once upon a time\"",
        "  panacea generate run --preference 1,0 --preference 0,1 --prompt \"Why is the sky blue?\" --json",
        "  panacea generate --model my-llama --prompt \"Once upon a time\" --temperature 0"})
final class GenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", arity = "0..1", description = "The run folder.")
    private Path run;

    @Option(names = "--model", paramLabel = "DIR", description = "A Hugging Face model folder instead of a run.")
    private Path modelFolder;

    @Option(names = "--preference", paramLabel = "WEIGHTS",
        description = "One weight a dimension, summing to 1, such as 0.7,0.3; may be repeated (default: equal weights).")
    private List<String> preferences = new ArrayList<>();

    @Option(names = "--prompt", paramLabel = "TEXT", required = true, description = "What to continue.")
    private String prompt;

    @Option(names = "--verbatim", description = "Takes the prompt as it stands.")
    private boolean verbatim;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ConfigOptions changes;

    @Mixin
    private DeviceOptions machine;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if ((run == null) == (modelFolder == null)) {
            throw new ParameterException(spec.commandLine(), "Either a RUN or --model DIR is needed");
        }
        Sampling.Settings draws = sampling.settings(spec.commandLine());
        try (Device device = machine.open()) {
            Continuations continuations = run != null ? ofRun(device, draws) : ofModel(device, draws);
            output.answer(continuations.text(), continuations);
            return ExitCode.FINE;
        }
    }

    private Continuations ofRun(Device device, Sampling.Settings draws) {
        List<Preference> given = preferences.stream().map(Preference::parse).toList();
        try (TrainedRun trained = TrainedRun.open(Kernels.on(device), run, changes.overrides())) {
            int dimensions = trained.dimensions().size();
            List<Preference> lambdas = given.isEmpty() ? List.of(Preference.centre(dimensions)) : given;
            lambdas.forEach(lambda -> checkDimensions(lambda, trained.dimensions()));
            double[][] weights = lambdas.stream().map(Preference::weights).toArray(double[][]::new);
            String written = verbatim ? prompt : trained.config().data().template().prompt(prompt);
            return Continuations.generate(trained.model(), written, lambdas,
                trained.adapter().at(weights), sampling.with(draws, trained.model()));
        }
    }

    private static void checkDimensions(Preference lambda, List<String> dimensions) {
        if (lambda.dimensions() != dimensions.size()) {
            throw new BadInputException("the preference " + lambda + " has " + lambda.dimensions()
                + " weights, but the run has the dimensions " + String.join(", ", dimensions) + "; give one weight for each");
        }
    }

    private Continuations ofModel(Device device, Sampling.Settings draws) {
        if (!preferences.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "A plain model follows no preference: --preference needs a RUN");
        }
        List<String> overrides = new ArrayList<>(changes.overrides());
        overrides.add("model.folder=" + modelFolder.toAbsolutePath());
        TrainConfig config = ConfigTree.read(TrainConfig.defaults(), MissingNode.getInstance(), overrides, "--set");
        try (LoadedModel model = LoadedModel.open(Kernels.on(device), config.model())) {
            return Continuations.generate(model, prompt, List.of(), RowProjector.BASE, sampling.with(draws, model));
        }
    }
}
