package dev.panacea.cli;

import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.training.LoadedModel;
import dev.panacea.transformer.generation.Generator;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How tokens are drawn. */
final class SamplingOptions {
    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "128",
        description = "Longest continuation (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "1",
        description = "Logits are divided by it; 0 always takes the likeliest token (default: ${DEFAULT-VALUE}).")
    private float temperature;

    @Option(names = "--top-k", paramLabel = "K", defaultValue = "0",
        description = "Draws from the K likeliest tokens only; 0 for all (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(names = "--top-p", paramLabel = "P", defaultValue = "1",
        description = "Draws from the fewest tokens that share this probability only (default: ${DEFAULT-VALUE}).")
    private float topP;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "17",
        description = "The same seed draws the same tokens (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--at-once", paramLabel = "N", defaultValue = "64",
        description = "Most requests that run side by side; the cache has room for so many, and others wait (default: ${DEFAULT-VALUE}).")
    private int atOnce;

    /** @throws ParameterException for values that nothing can be drawn with */
    Sampling.Settings settings(CommandLine line) {
        if (maxTokens < 1) {
            throw new ParameterException(line, "--max-tokens must be at least 1, not " + maxTokens);
        }
        if (atOnce < 1) {
            throw new ParameterException(line, "--at-once must be at least 1, not " + atOnce);
        }
        try {
            return new Sampling.Settings(temperature, topK, topP);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(line, e.getMessage(), e);
        }
    }

    Generator.Settings with(Sampling.Settings draws, LoadedModel model) {
        return new Generator.Settings(draws, maxTokens, model.model().config().eosIds(), seed, atOnce);
    }
}
