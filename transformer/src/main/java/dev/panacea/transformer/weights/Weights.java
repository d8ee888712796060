package dev.panacea.transformer.weights;

import dev.panacea.runtime.Buffer;
import java.util.List;

/**
 * Frozen weights of a model.
 *
 * @param embedding (vocabulary, hidden)
 * @param head (vocabulary, hidden); the same buffer as {@code embedding} when tied
 * @param finalNorm [hidden], of the dtype of activations
 */
public record Weights(Buffer embedding, Buffer head, Buffer finalNorm, List<LayerWeights> layers) {
    public Weights {
        layers = List.copyOf(layers);
    }
}
