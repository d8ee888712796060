package dev.panacea.training;

import dev.panacea.config.DataConfig;
import dev.panacea.config.ObjectiveConfig;
import dev.panacea.config.TrainConfig;
import dev.panacea.data.ArrowForm;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.ReadReport;
import dev.panacea.data.Split;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedDemonstrations;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.objective.SftObjective;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * The tokenised data of a run, ready to learn from and to measure on: one Arrow file for training and one held out, written
 * once, mapped by every process that works on the run.
 */
public final class PreparedData implements AutoCloseable {
    /** Name of the data's folder within a run. */
    public static final String FOLDER = "data";
    private static final String TRAIN = "train.arrow";
    private static final String HELD_OUT = "held-out.arrow";

    private final Objective train;
    private final Objective heldOut;
    private final List<AutoCloseable> files;

    private PreparedData(Objective train, Objective heldOut, List<AutoCloseable> files) {
        this.train = train;
        this.heldOut = heldOut;
        this.files = files;
    }

    /**
     * Opens the data in {@code folder}, tokenising what {@code pairs} gives where it is not there yet. Under DPO the
     * reference's log-probabilities are computed now, with the adapter off.
     *
     * @throws BadInputException when there is nothing to train on or nothing to hold out
     */
    public static PreparedData in(Path folder, Supplier<PreferenceSet> pairs, TrainConfig config, LoadedModel model,
                                  Progress progress) {
        if (!Files.exists(folder.resolve(HELD_OUT))) {
            write(folder, pairs.get(), config, model, progress);
        }
        return switch (config.objective().kind()) {
            case DPO -> openPairs(folder, config, model, progress);
            case SFT -> openDemonstrations(folder, model);
        };
    }

    /** The dimensions of the data in {@code folder}, in λ's order. */
    public static List<String> dimensions(Path folder, ObjectiveConfig.Kind kind) {
        Path file = folder.resolve(TRAIN);
        return switch (kind) {
            case DPO -> {
                try (TokenizedPairs pairs = TokenizedPairs.open(file)) {
                    yield pairs.header().dimensions();
                }
            }
            case SFT -> {
                try (TokenizedDemonstrations demonstrations = TokenizedDemonstrations.open(file)) {
                    yield demonstrations.header().dimensions();
                }
            }
        };
    }

    private static PreparedData openPairs(Path folder, TrainConfig config, LoadedModel model, Progress progress) {
        TokenizedPairs train = TokenizedPairs.open(folder.resolve(TRAIN));
        TokenizedPairs heldOut = TokenizedPairs.open(folder.resolve(HELD_OUT));
        try (Progress.Stage stage = progress.start("reference", (long) train.size() + heldOut.size())) {
            return new PreparedData(dpo(train, config, model, stage), dpo(heldOut, config, model, stage), List.of(train, heldOut));
        }
    }

    private static DpoObjective dpo(TokenizedPairs pairs, TrainConfig config, LoadedModel model, Progress.Stage stage) {
        ReferenceLogProbs reference = ReferenceLogProbs.compute(model.memory(), model.model(), pairs,
            config.training().tokenBudget(), done -> stage.advance(done, ""));
        return new DpoObjective(model.model(), pairs, reference, config.objective().beta());
    }

    private static PreparedData openDemonstrations(Path folder, LoadedModel model) {
        TokenizedDemonstrations train = TokenizedDemonstrations.open(folder.resolve(TRAIN));
        TokenizedDemonstrations heldOut = TokenizedDemonstrations.open(folder.resolve(HELD_OUT));
        return new PreparedData(new SftObjective(model.model(), train), new SftObjective(model.model(), heldOut),
            List.of(train, heldOut));
    }

    /** Tokenises both parts into {@code folder}. */
    public static void write(Path folder, PreferenceSet all, TrainConfig config, LoadedModel model, Progress progress) {
        DataConfig data = config.data();
        Split<PreferenceSet> split = all.split(data.heldOut(), config.seed());
        if (split.train().size() == 0 || split.heldOut().size() == 0) {
            throw new BadInputException("of " + all.size() + " pairs, " + split.train().size() + " are for training and "
                + split.heldOut().size() + " held out, but both need some; give more pairs or another data.held_out");
        }
        Tokenizing tokenizing = new Tokenizing(model.encoder(), model.vocabulary(),
            new TokenLimits(data.maxPromptTokens(), data.maxResponseTokens()));
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be made", e);
        }
        ObjectiveConfig.Kind kind = config.objective().kind();
        progress.note("training data: " + write(split.train(), kind, tokenizing, folder.resolve(TRAIN)));
        progress.note("held-out data: " + write(split.heldOut(), kind, tokenizing, folder.resolve(HELD_OUT)));
    }

    private static ReadReport write(PreferenceSet part, ObjectiveConfig.Kind kind, Tokenizing tokenizing, Path file) {
        return switch (kind) {
            case DPO -> TokenizedPairs.write(part, tokenizing, file, ArrowForm.FILE);
            case SFT -> TokenizedDemonstrations.write(part.demonstrations(), tokenizing, file, ArrowForm.FILE);
        };
    }

    public List<String> dimensions() {
        return train.dimensions();
    }

    public Objective train() {
        return train;
    }

    public Objective heldOut() {
        return heldOut;
    }

    @Override
    public void close() {
        for (AutoCloseable file : files) {
            try {
                file.close();
            } catch (Exception e) {
                throw new IllegalStateException("a mapped file cannot be closed", e);
            }
        }
    }
}
