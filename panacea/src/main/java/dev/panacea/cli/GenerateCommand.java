package dev.panacea.cli;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.panacea.config.TrainConfig;
import dev.panacea.data.source.PromptSource;
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
import java.util.Optional;
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
        "Prompts and --preference options, as many as are given, run side by side in one batch. With --json each prompt is a line."
            + " A run's prompt is written as its training prompts were (for dialogues: as the human's turn) unless --verbatim."
            + " With --model a plain model folder is used, without a run.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea generate run --preference 0.7,0.3 --prompt \"Once upon a time\"",
        "  panacea generate run --preference 1,0 --preference 0,1 --prompt \"Why is the sky blue?\" --json",
        "  panacea generate run --prompts asked.jsonl --at-once 32 --json",
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

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What to continue; may be repeated.")
    private List<String> prompts = new ArrayList<>();

    @Option(names = "--prompts", paramLabel = "FILE",
        description = "JSON lines, each with a 'prompt' and, if it is to have one of its own, a 'preference'; also Arrow, and .gz of both.")
    private Path promptFile;

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
        List<PromptSource.Asked> asked = asked();
        Sampling.Settings draws = sampling.settings(spec.commandLine());
        try (Device device = machine.open()) {
            List<Continuations> answers = run != null ? ofRun(device, asked, draws) : ofModel(device, asked, draws);
            output.answerEach(Continuations.text(answers), answers);
            return ExitCode.FINE;
        }
    }

    private List<PromptSource.Asked> asked() {
        List<PromptSource.Asked> asked = new ArrayList<>();
        prompts.forEach(prompt -> asked.add(new PromptSource.Asked("--prompt", prompt, Optional.empty())));
        if (promptFile != null) {
            asked.addAll(PromptSource.read(promptFile));
        }
        if (asked.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Either --prompt TEXT or --prompts FILE is needed");
        }
        return asked;
    }

    private List<Continuations> ofRun(Device device, List<PromptSource.Asked> asked, Sampling.Settings draws) {
        List<Preference> given = preferences.stream().map(Preference::parse).toList();
        try (TrainedRun trained = TrainedRun.open(Kernels.on(device), run, changes.overrides())) {
            List<Preference> usual = given.isEmpty() ? List.of(Preference.centre(trained.dimensions().size())) : given;
            usual.forEach(lambda -> checkDimensions("", lambda, trained.dimensions()));
            List<Continuations.Asked> written = new ArrayList<>();
            for (PromptSource.Asked one : asked) {
                one.preference().ifPresent(own -> checkDimensions("In " + one.where() + " ", own, trained.dimensions()));
                written.add(new Continuations.Asked(
                    verbatim ? one.prompt() : trained.config().data().template().prompt(one.prompt()),
                    one.preference().map(List::of).orElse(usual)));
            }
            return Continuations.generate(trained.model(), written, trained::at, sampling.with(draws, trained.model()));
        }
    }

    private static void checkDimensions(String where, Preference lambda, List<String> dimensions) {
        if (lambda.dimensions() != dimensions.size()) {
            throw new BadInputException(where + "the preference " + lambda + " has " + lambda.dimensions()
                + " weights, but the run has the dimensions " + String.join(", ", dimensions) + "; give one weight for each");
        }
    }

    private List<Continuations> ofModel(Device device, List<PromptSource.Asked> asked, Sampling.Settings draws) {
        if (!preferences.isEmpty() || asked.stream().anyMatch(one -> one.preference().isPresent())) {
            throw new ParameterException(spec.commandLine(), "A plain model follows no preference: give a RUN, or none");
        }
        List<String> overrides = new ArrayList<>(changes.overrides());
        overrides.add("model.folder=" + modelFolder.toAbsolutePath());
        TrainConfig config = ConfigTree.read(TrainConfig.defaults(), MissingNode.getInstance(), overrides, "--set");
        try (LoadedModel model = LoadedModel.open(Kernels.on(device), config.model())) {
            List<Continuations.Asked> plain = asked.stream().map(one -> new Continuations.Asked(one.prompt(), List.of())).toList();
            return Continuations.generate(model, plain, none -> RowProjector.BASE, sampling.with(draws, model));
        }
    }
}
