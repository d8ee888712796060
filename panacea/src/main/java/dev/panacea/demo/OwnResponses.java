package dev.panacea.demo;

import dev.panacea.data.PreferenceSet;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.reward.Reward;
import dev.panacea.reward.SampledPairs;
import dev.panacea.training.LoadedModel;
import dev.panacea.training.Progress;
import dev.panacea.transformer.generation.Generator;
import dev.panacea.transformer.model.RowProjector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Preference pairs that need no data: the model begins texts, continues each beginning twice, and rewards say which of the two
 * continuations is better in each dimension.
 */
public final class OwnResponses {
    private static final int AT_ONCE = 64;

    /**
     * @param prompts how many beginnings
     * @param promptTokens how long they are
     * @param responseTokens the longest continuation
     */
    public record Settings(int prompts, int promptTokens, int responseTokens, long seed) { }

    private final LoadedModel model;
    private final Settings settings;
    private final Progress progress;

    public OwnResponses(LoadedModel model, Settings settings, Progress progress) {
        this.model = model;
        this.settings = settings;
        this.progress = progress;
    }

    /** The labelled pairs. */
    public PreferenceSet pairs(List<Reward> rewards) {
        try (Progress.Stage stage = progress.start("sampling", 3L * settings.prompts)) {
            List<String> beginnings = distinct(sample(Collections.nCopies(settings.prompts, ""), settings.promptTokens, 0, stage));
            List<String> first = sample(beginnings, settings.responseTokens, 1, stage);
            List<String> second = sample(beginnings, settings.responseTokens, 2, stage);
            List<SampledPairs.Candidate> candidates = new ArrayList<>();
            for (int i = 0; i < beginnings.size(); i++) {
                candidates.add(new SampledPairs.Candidate(beginnings.get(i), first.get(i), second.get(i)));
            }
            return SampledPairs.label(candidates, rewards);
        }
    }

    /** Beginnings end at a word's end, so that a continuation begins with a space or a mark; equal ones count once. */
    private static List<String> distinct(List<String> sampled) {
        LinkedHashSet<String> beginnings = new LinkedHashSet<>();
        for (String text : sampled) {
            int end = text.lastIndexOf(' ');
            if (end > 0) {
                beginnings.add(text.substring(0, end));
            }
        }
        return List.copyOf(beginnings);
    }

    private List<String> sample(List<String> prompts, int tokens, int round, Progress.Stage stage) {
        Generator generator = new Generator(model.model());
        List<String> texts = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += AT_ONCE) {
            List<String> part = prompts.subList(from, Math.min(from + AT_ONCE, prompts.size()));
            Generator.Settings draw = new Generator.Settings(new Sampling.Settings(1, 0, 0.98f), tokens,
                List.of(model.vocabulary().eos()), settings.seed + 1_000_003L * round + from);
            List<int[]> encoded = part.stream().map(model::promptTokens).toList();
            generator.generate(model.memory(), encoded, RowProjector.BASE, draw)
                .forEach(ids -> texts.add(model.tokenizer().decode(ids, true)));
            stage.advance(part.size(), "");
        }
        return texts;
    }
}
