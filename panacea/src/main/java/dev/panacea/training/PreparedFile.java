package dev.panacea.training;

import dev.panacea.config.TrainConfig;
import dev.panacea.data.tokenized.TokenizedDemonstrations;
import dev.panacea.data.tokenized.TokenizedHeader;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.objective.SftObjective;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;

/** One tokenised file of a run, mapped, as something to learn from or to measure on. */
final class PreparedFile implements AutoCloseable {
    private final Objective objective;
    private final Runnable unmap;

    private PreparedFile(Objective objective, Runnable unmap) {
        this.objective = objective;
        this.unmap = unmap;
    }

    /** Under DPO the reference's log-probabilities are computed now, with the adapter off. */
    static PreparedFile open(Path file, TrainConfig config, LoadedModel model, Progress progress) {
        return switch (config.objective().kind()) {
            case DPO -> {
                TokenizedPairs pairs = TokenizedPairs.open(file);
                requireSameVocabulary(file, pairs.header(), model, pairs::close);
                yield pairs(pairs, config, model, progress);
            }
            case SFT -> {
                TokenizedDemonstrations demonstrations = TokenizedDemonstrations.open(file);
                requireSameVocabulary(file, demonstrations.header(), model, demonstrations::close);
                yield new PreparedFile(new SftObjective(model.model(), demonstrations), demonstrations::close);
            }
        };
    }

    private static PreparedFile pairs(TokenizedPairs pairs, TrainConfig config, LoadedModel model, Progress progress) {
        try (Progress.Stage stage = progress.start("reference", pairs.size())) {
            ReferenceLogProbs reference = ReferenceLogProbs.compute(model.memory(), model.model(), pairs,
                config.training().tokenBudget(), done -> stage.advance(done, ""));
            return new PreparedFile(new DpoObjective(model.model(), pairs, reference, config.objective().beta()), pairs::close);
        } catch (RuntimeException e) {
            pairs.close();
            throw e;
        }
    }

    /** Ids of another vocabulary mean other texts, or lie beyond the model's embedding. */
    private static void requireSameVocabulary(Path file, TokenizedHeader header, LoadedModel model, Runnable unmap) {
        if (!header.vocabulary().equals(model.vocabulary())) {
            unmap.run();
            throw new BadInputException(file + " was tokenised for another model: its vocabulary, tokenizer or end token differs; "
                + "begin a new run with this model");
        }
    }

    Objective objective() {
        return objective;
    }

    @Override
    public void close() {
        unmap.run();
    }
}
