package dev.panacea.training;

import dev.panacea.config.DataConfig;
import dev.panacea.data.ArrowForm;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.Split;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The tokenised pairs of a run, one Arrow file for training and one held out, mapped. Written once, then read by all resumptions. */
public record PreparedPairs(TokenizedPairs train, TokenizedPairs heldOut) implements AutoCloseable {
    private static final String TRAIN = "train.arrow";
    private static final String HELD_OUT = "held-out.arrow";

    /**
     * Opens the pairs in {@code folder}, tokenising what {@code pairs} gives where they are not there yet.
     *
     * @throws BadInputException when there is nothing to train on or nothing to hold out
     */
    public static PreparedPairs in(Path folder, Supplier<PreferenceSet> pairs, DataConfig config, long seed, LoadedModel model,
                                   Progress progress) {
        if (!Files.exists(folder.resolve(HELD_OUT))) {
            write(folder, pairs.get(), config, seed, model, progress);
        }
        return open(folder);
    }

    /** Opens what an earlier run wrote. */
    public static PreparedPairs open(Path folder) {
        TokenizedPairs train = TokenizedPairs.open(folder.resolve(TRAIN));
        try {
            return new PreparedPairs(train, TokenizedPairs.open(folder.resolve(HELD_OUT)));
        } catch (RuntimeException e) {
            train.close();
            throw e;
        }
    }

    private static void write(Path folder, PreferenceSet all, DataConfig config, long seed, LoadedModel model, Progress progress) {
        Split<PreferenceSet> split = all.split(config.heldOut(), seed);
        if (split.train().size() == 0 || split.heldOut().size() == 0) {
            throw new BadInputException("of " + all.size() + " pairs, " + split.train().size() + " are for training and "
                + split.heldOut().size() + " held out, but both need some; give more pairs or another data.held_out");
        }
        Tokenizing tokenizing = new Tokenizing(model.encoder(), model.vocabulary(),
            new TokenLimits(config.maxPromptTokens(), config.maxResponseTokens()));
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be made", e);
        }
        progress.note("training pairs: " + TokenizedPairs.write(split.train(), tokenizing, folder.resolve(TRAIN), ArrowForm.FILE));
        progress.note("held-out pairs: " + TokenizedPairs.write(split.heldOut(), tokenizing, folder.resolve(HELD_OUT), ArrowForm.FILE));
    }

    @Override
    public void close() {
        train.close();
        heldOut.close();
    }
}
