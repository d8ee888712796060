package dev.panacea.bench.training;

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
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.objective.SftObjective;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.model.LlamaModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Random tokens of one step, all sequences of one length, as the objective that learns from them. */
final class StepData implements AutoCloseable {
    static final double BETA = 0.1;
    private static final int FIRST_ORDINARY = 2;

    private final Objective objective;
    private final Runnable unmap;

    private StepData(Objective objective, Runnable unmap) {
        this.objective = objective;
        this.unmap = unmap;
    }

    /** Under DPO the reference is computed now, in one pass. */
    static StepData of(StepShape shape, MemoryScope scope, LlamaModel model) {
        Random random = new Random(17);
        Tokenizing tokenizing = new Tokenizing(StepData::ids, new Vocabulary("numbers", shape.config().vocabularySize(), -1, 1),
            new TokenLimits(Math.max(2, shape.prompt()), shape.responseTokens()));
        return switch (shape.objective()) {
            case SFT -> {
                var set = new DemonstrationSet(StepShape.DIMENSIONS, IntStream.range(0, shape.sequences()).mapToObj(i ->
                    new Demonstration(text(random, shape, shape.prompt()), text(random, shape, shape.responseTokens()), i % 2)).toList());
                TokenizedDemonstrations data = stored(file -> {
                    TokenizedDemonstrations.write(set, tokenizing, file, ArrowForm.FILE);
                    return TokenizedDemonstrations.open(file);
                });
                yield new StepData(new SftObjective(model, data), data::close);
            }
            case DPO -> {
                var set = new PreferenceSet(StepShape.DIMENSIONS, IntStream.range(0, shape.sequences() / 2).mapToObj(i ->
                    new PreferencePair("pair " + i, text(random, shape, shape.prompt()), text(random, shape, shape.responseTokens()),
                        text(random, shape, shape.responseTokens()), new byte[] {1, -1})).toList());
                TokenizedPairs data = stored(file -> {
                    TokenizedPairs.write(set, tokenizing, file, ArrowForm.FILE);
                    return TokenizedPairs.open(file);
                });
                var reference = ReferenceLogProbs.compute(scope, model, data, shape.rows(), done -> { });
                yield new StepData(new DpoObjective(model, data, reference, BETA), data::close);
            }
        };
    }

    /** What a temporary file holds; it is mapped, and its name is gone at once. */
    private static <T> T stored(Function<Path, T> write) {
        try {
            Path folder = Files.createTempDirectory("panacea-bench");
            Path file = folder.resolve("step.arrow");
            try {
                return write.apply(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the tokens of the benchmark cannot be written to the temporary folder", e);
        }
    }

    private static String text(Random random, StepShape shape, int tokens) {
        return random.ints(tokens, FIRST_ORDINARY, shape.config().vocabularySize()).mapToObj(Integer::toString)
            .collect(Collectors.joining(" "));
    }

    private static int[] ids(String text) {
        return Pattern.compile(" ").splitAsStream(text).mapToInt(Integer::parseInt).toArray();
    }

    Objective objective() {
        return objective;
    }

    @Override
    public void close() {
        unmap.run();
    }
}
