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
import dev.panacea.objective.Objective;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * The tokenised data of a run, ready to learn from and to measure on: one Arrow file for training and one held out, written
 * once, mapped by every process that works on the run.
 */
public final class PreparedData implements AutoCloseable {
    static final String HELD_OUT = "held-out.arrow";
    private static final String TRAIN = "train.arrow";

    private final PreparedFile train;
    private final PreparedFile heldOut;

    private PreparedData(PreparedFile train, PreparedFile heldOut) {
        this.train = train;
        this.heldOut = heldOut;
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
        PreparedFile train = PreparedFile.open(folder.resolve(TRAIN), config, model, progress);
        try {
            return new PreparedData(train, PreparedFile.open(folder.resolve(HELD_OUT), config, model, progress));
        } catch (RuntimeException e) {
            train.close();
            throw e;
        }
    }

    /** The names of λ's entries in data that was prepared before. */
    static List<String> dimensions(Path folder, TrainConfig config) {
        Path file = folder.resolve(HELD_OUT);
        return switch (config.objective().kind()) {
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
            throw new BadInputException("the folder " + folder + " cannot be made (" + e + "); give one that can be written", e);
        }
        ObjectiveConfig.Kind kind = config.objective().kind();
        progress.note("training data: " + write(trainedOn(split.train(), config), kind, tokenizing, folder.resolve(TRAIN)));
        progress.note("held-out data: " + write(split.heldOut(), kind, tokenizing, folder.resolve(HELD_OUT)));
    }

    private static PreferenceSet trainedOn(PreferenceSet train, TrainConfig config) {
        int most = config.data().trainingPairs();
        return most == 0 ? train : train.subset(most, config.seed());
    }

    private static ReadReport write(PreferenceSet part, ObjectiveConfig.Kind kind, Tokenizing tokenizing, Path file) {
        return switch (kind) {
            case DPO -> TokenizedPairs.write(part, tokenizing, file, ArrowForm.FILE);
            case SFT -> TokenizedDemonstrations.write(part.demonstrations(), tokenizing, file, ArrowForm.FILE);
        };
    }

    public List<String> dimensions() {
        return train().dimensions();
    }

    public Objective train() {
        return train.objective();
    }

    public Objective heldOut() {
        return heldOut.objective();
    }

    @Override
    public void close() {
        try (train) {
            heldOut.close();
        }
    }
}
