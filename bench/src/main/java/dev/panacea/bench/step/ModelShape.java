package dev.panacea.bench.step;

import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.List;
import java.util.OptionalInt;

/**
 * A model and a batch to train it on.
 *
 * @param pairs of a step, each of two responses to one prompt
 * @param promptTokens of a prompt on average, responseTokens of a response; lengths spread from half to one and a half times that
 */
public record ModelShape(String name, LlamaConfig config, int pairs, int promptTokens, int responseTokens) {

    /** The shape of the TinyStories-656K model, at about 6,500 tokens a step. */
    public static final ModelShape TINY_STORIES = new ModelShape("tinystories-656k", config(128, 384, 2, 8, 4, 2048, 512), 16, 65, 139);

    /** A Llama of 15 million parameters, most of them in its vocabulary, at about 2,000 tokens a step. */
    public static final ModelShape FIFTEEN_MILLION = new ModelShape("llama-15m", config(288, 768, 6, 6, 6, 32000, 1024), 8, 45, 83);

    public static final List<ModelShape> ALL = List.of(TINY_STORIES, FIFTEEN_MILLION);

    private static LlamaConfig config(int hidden, int feedForward, int layers, int heads, int kvHeads, int vocabulary, int positions) {
        return new LlamaConfig(hidden, feedForward, layers, heads, kvHeads, hidden / heads, vocabulary, positions, 1e-6, 10000,
            new RotaryScaling.None(), true, OptionalInt.of(1), List.of(2));
    }
}
