package dev.panacea.demo;

import dev.panacea.config.TrainConfig;
import dev.panacea.kernels.Kernels;
import dev.panacea.reward.Brevity;
import dev.panacea.reward.Liveliness;
import dev.panacea.reward.Reward;
import dev.panacea.run.Summary;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Device;
import dev.panacea.training.PreferenceRun;
import dev.panacea.training.Progress;
import dev.panacea.training.StopSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The main job on ready inputs: from preferences to a Pareto front. Either on the bundled model,
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

    /** What a demo leaves: the summary of its run, and a prompt to try on it. */
    public record Outcome(Summary summary, String prompt) { }

    private static final String BUNDLED = "war-and-peace/demo.yaml";
    private static final String BUNDLED_PROMPT = "Natasha looked at him and";
    private static final int PROMPT_TOKENS = 10;
    private static final int RESPONSE_TOKENS = 56;
    private static final long SEED = 17;

    private final Device device;
    private final Path examples;
    private final Path folder;
    private final boolean resume;
    private final Progress progress;
    private final StopSignal stop;

    /**
     * @param examples the project's folder of that name
     * @param folder where the run goes
     * @param resume whether to go on with the run that is there
     */
    public Demo(Device device, Path examples, Path folder, boolean resume, Progress progress, StopSignal stop) {
        this.device = device;
        this.examples = examples;
        this.folder = folder;
        this.resume = resume;
        this.progress = progress;
        this.stop = stop;
    }

    /**
     * Runs on the bundled model: its own responses, preferred by two rules that partly conflict, brevity and liveliness.
     *
     * @param prompts that it begins and answers twice; more give more pairs to learn from and take longer
     */
    public Outcome bundled(int prompts, List<String> overrides) {
        OwnResponses.Settings samples = new OwnResponses.Settings(prompts, PROMPT_TOKENS, RESPONSE_TOKENS, SEED);
        List<Reward> rewards = List.of(new Brevity(), new Liveliness());
        TrainConfig config = TrainConfig.read(examples.resolve(BUNDLED), overrides);
        Summary summary = new PreferenceRun(Kernels.on(device), config, progress, stop)
            .execute(folder, resume, new PreferenceRun.Supply(rewards.stream().map(Reward::dimension).toList(),
                model -> new OwnResponses(model, samples, progress).pairs(rewards)));
        return new Outcome(summary, BUNDLED_PROMPT);
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
        Summary summary = new PreferenceRun(Kernels.on(device), config, progress, stop)
            .execute(folder, resume, PreferenceRun.Supply.of(config.data().source(), progress));
        return new Outcome(summary, dataset.prompt);
    }
}
