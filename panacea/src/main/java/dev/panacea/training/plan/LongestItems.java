package dev.panacea.training.plan;

import dev.panacea.config.TrainConfig;
import dev.panacea.data.ArrowForm;
import dev.panacea.data.Demonstration;
import dev.panacea.data.DemonstrationSet;
import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedDemonstrations;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.data.tokenized.Vocabulary;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.SftObjective;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Made-up items for a plan without data: as long as a configuration lets them be, and so many that they fill its token budget or its
 * batch. What is trained on them holds no less than with any data that the configuration cuts.
 */
public final class LongestItems implements AutoCloseable {
    private static final int LEAST_RESPONSE = 2;
    private static final int EOS = 0;

    /** Tokens of an item's prompt and of each of its responses. */
    private record Lengths(int prompt, int response) {
        int rows() {
            return prompt + response - 1;
        }
    }

    private final int count;
    private final Function<PaperRun, Objective> objective;
    private final Runnable unmap;

    private LongestItems(int count, Function<PaperRun, Objective> objective, Runnable unmap) {
        this.count = count;
        this.objective = objective;
        this.unmap = unmap;
    }

    /** @param dimensions of the preferences */
    public static LongestItems of(TrainConfig config, int vocabulary, int dimensions) {
        List<String> names = IntStream.range(0, dimensions).mapToObj(i -> "dimension " + i).toList();
        Tokenizing tokenizing = new Tokenizing(LongestItems::ids, new Vocabulary("made up", vocabulary, -1, EOS),
            new TokenLimits(Integer.MAX_VALUE, Integer.MAX_VALUE));
        try {
            Path file = Files.createTempFile("panacea-plan", ".arrow");
            try {
                return switch (config.objective().kind()) {
                    case DPO -> pairs(pairs(lengths(config, 2), names), tokenizing, file, config.objective().beta());
                    case SFT -> demonstrations(demonstrations(lengths(config, 1), names), tokenizing, file);
                };
            } finally {
                // the mapping outlives the name
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the plan's items cannot be written to the temporary folder", e);
        }
    }

    private static LongestItems pairs(PreferenceSet set, Tokenizing tokenizing, Path file, double beta) {
        TokenizedPairs.write(set, tokenizing, file, ArrowForm.FILE);
        TokenizedPairs pairs = TokenizedPairs.open(file);
        return new LongestItems(set.size(),
            paper -> DpoObjective.onPaper(paper.model(), pairs, beta), pairs::close);
    }

    private static LongestItems demonstrations(DemonstrationSet set, Tokenizing tokenizing, Path file) {
        TokenizedDemonstrations.write(set, tokenizing, file, ArrowForm.FILE);
        TokenizedDemonstrations demonstrations = TokenizedDemonstrations.open(file);
        return new LongestItems(set.size(), paper -> new SftObjective(paper.model(), demonstrations), demonstrations::close);
    }

    private static List<Lengths> lengths(TrainConfig config, int sequences) {
        Lengths longest = new Lengths(config.data().maxPromptTokens(), Math.max(LEAST_RESPONSE, config.data().maxResponseTokens()));
        List<Lengths> lengths = new ArrayList<>();
        int room = config.training().tokenBudget() / sequences;
        while (lengths.size() < config.training().batch() && room >= LEAST_RESPONSE) {
            lengths.add(room >= longest.rows() ? longest : cut(longest, room));
            room -= lengths.getLast().rows();
        }
        return lengths;
    }

    private static Lengths cut(Lengths longest, int rows) {
        int response = Math.min(longest.response, rows);
        return new Lengths(rows + 1 - response, response);
    }

    private static PreferenceSet pairs(List<Lengths> lengths, List<String> dimensions) {
        byte[] labels = new byte[dimensions.size()];
        Arrays.fill(labels, (byte) 1);
        return new PreferenceSet(dimensions, lengths.stream().map(item -> new PreferencePair("longest item", text(item.prompt, 1),
            text(item.response - 1, 1), text(item.response - 1, 2), labels)).toList());
    }

    private static DemonstrationSet demonstrations(List<Lengths> lengths, List<String> dimensions) {
        return new DemonstrationSet(dimensions, IntStream.range(0, lengths.size()).mapToObj(i -> new Demonstration(
            text(lengths.get(i).prompt, 1), text(lengths.get(i).response - 1, 1), i % dimensions.size())).toList());
    }

    // so many times the same token; a response gets its end beside
    private static String text(int tokens, int id) {
        return tokens + " " + id;
    }

    private static int[] ids(String text) {
        String[] parts = text.split(" ");
        int[] ids = new int[Integer.parseInt(parts[0])];
        Arrays.fill(ids, Integer.parseInt(parts[1]));
        return ids;
    }

    /** How many they are: no more than a batch. */
    public int count() {
        return count;
    }

    /** What is to be learned from them. */
    public Objective on(PaperRun paper) {
        return objective.apply(paper);
    }

    @Override
    public void close() {
        unmap.run();
    }
}
