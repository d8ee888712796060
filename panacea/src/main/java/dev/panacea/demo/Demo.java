package dev.panacea.demo;

import dev.panacea.config.TrainConfig;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.preference.Preference;
import dev.panacea.reward.Brevity;
import dev.panacea.reward.Liveliness;
import dev.panacea.reward.Reward;
import dev.panacea.run.RunFolder;
import dev.panacea.run.Summary;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Device;
import dev.panacea.training.PreferenceRun;
import dev.panacea.training.Progress;
import dev.panacea.training.TrainedModel;
import dev.panacea.transformer.generation.Generator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The main job on ready inputs: preferences to a Pareto front, and one prompt answered along it. Either on the bundled model,
 * which makes its own data, or on real weights and human preferences that lie in a fixtures folder.
 */
public final class Demo {

    /** Preferences and data that {@code --fixtures} can run on. */
    public enum Dataset {
        /** HelpSteer2: helpfulness against brevity, which is verbosity reversed. */
        HELPSTEER2("helpsteer2.yaml", "Once upon a time"),
        /** HelpSteer2: all five attributes. */
        HELPSTEER2_FIVE("helpsteer2-five.yaml", "Once upon a time"),
        /** HH-RLHF: helpful and harmless. */
        HH_RLHF("hh-rlhf.yaml", "\n\nHuman: How are you?\n\nAssistant:");

        private final String config;
        private final String prompt;

        Dataset(String config, String prompt) {
            this.config = config;
            this.prompt = prompt;
        }
    }

    /** One prompt's continuation at one preference. */
    public record Answer(Preference preference, String text) { }

    /** What a demo leaves: the summary of its run, and the prompt with its answers at the vertices and between. */
    public record Outcome(Summary summary, String prompt, List<Answer> answers) { }

    private static final String BUNDLED = "war-and-peace/demo.yaml";
    private static final String BUNDLED_PROMPT = "\"What is it?\" said Prince Andrew";
    private static final OwnResponses.Settings SAMPLES = new OwnResponses.Settings(900, 10, 56, 17);
    private static final int ANSWER_TOKENS = 80;

    private final Device device;
    private final Path examples;
    private final Path folder;
    private final boolean resume;
    private final Progress progress;

    /**
     * @param examples the project's folder of that name
     * @param folder where the run goes
     * @param resume whether to go on with the run that is there
     */
    public Demo(Device device, Path examples, Path folder, boolean resume, Progress progress) {
        this.device = device;
        this.examples = examples;
        this.folder = folder;
        this.resume = resume;
        this.progress = progress;
    }

    /** Runs on the bundled model: its own responses, preferred by two rules that partly conflict, brevity and liveliness. */
    public Outcome bundled(List<String> overrides) {
        List<Reward> rewards = List.of(new Brevity(), new Liveliness());
        TrainConfig config = TrainConfig.read(examples.resolve(BUNDLED), overrides);
        Summary summary = new PreferenceRun(device, config, progress)
            .execute(folder, resume, model -> new OwnResponses(model, SAMPLES, progress).pairs(rewards));
        return answered(summary, BUNDLED_PROMPT);
    }

    /**
     * Runs on real weights and preferences.
     *
     * @param fixtures holds {@code tinystories-656k/} and the data set's folder
     * @throws BadInputException when they are not there
     */
    public Outcome real(Path fixtures, Dataset dataset, List<String> overrides) {
        if (!Files.isDirectory(fixtures.resolve("tinystories-656k"))) {
            throw new BadInputException("the fixtures folder " + fixtures + " has no tinystories-656k; the README says what belongs there");
        }
        TrainConfig config = TrainConfig.read(examples.resolve(dataset.config), overrides, fixtures.toAbsolutePath());
        Summary summary = new PreferenceRun(device, config, progress)
            .execute(folder, resume, model -> {
                var loaded = config.data().source().read();
                progress.note("preferences: " + loaded.report());
                return loaded.data();
            });
        return answered(summary, dataset.prompt);
    }

    /** Answers at every vertex, with the centre between the first two, all in one batch and from the same draws. */
    private Outcome answered(Summary summary, String prompt) {
        int dimensions = summary.dimensions().size();
        List<Preference> preferences = new ArrayList<>();
        for (int i = 0; i < dimensions; i++) {
            preferences.add(Preference.vertex(dimensions, i));
        }
        preferences.add(1, Preference.centre(dimensions));
        try (TrainedModel trained = TrainedModel.open(device, RunFolder.open(folder))) {
            Generator.Settings settings = new Generator.Settings(Sampling.Settings.GREEDY, ANSWER_TOKENS,
                List.of(trained.base().vocabulary().eos()), trained.config().seed());
            List<String> texts = trained.answer(Collections.nCopies(preferences.size(), prompt), preferences, settings);
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                answers.add(new Answer(preferences.get(i), texts.get(i)));
            }
            return new Outcome(summary, prompt, answers);
        }
    }
}
