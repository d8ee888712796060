package dev.panacea.transformer.model;

import dev.panacea.autograd.Tensor;
import dev.panacea.transformer.adapter.Projection;
import java.util.List;

/**
 * The arrays of a Llama model, frozen or trained.
 *
 * @param embedding (vocabulary, hidden)
 * @param head (vocabulary, hidden); the same tensor as {@code embedding} when tied
 * @param finalNorm [hidden]
 */
public record LlamaTensors(Tensor embedding, Tensor head, Tensor finalNorm, List<Layer> layers) {

    /** Says what a layer's matrix becomes. */
    @FunctionalInterface
    public interface MatrixMap {
        Tensor apply(Projection projection, Tensor weight);
    }

    /** One block: norms [hidden], matrices (outputs, inputs). */
    public record Layer(Tensor attentionNorm, Tensor query, Tensor key, Tensor value, Tensor output,
                        Tensor mlpNorm, Tensor gate, Tensor up, Tensor down) {

        public Tensor matrix(Projection projection) {
            return switch (projection) {
                case Q -> query;
                case K -> key;
                case V -> value;
                case O -> output;
                case GATE -> gate;
                case UP -> up;
                case DOWN -> down;
            };
        }

        /** This layer with every matrix replaced; the norms stay. */
        public Layer map(MatrixMap change) {
            return new Layer(attentionNorm, change.apply(Projection.Q, query), change.apply(Projection.K, key),
                change.apply(Projection.V, value), change.apply(Projection.O, output), mlpNorm,
                change.apply(Projection.GATE, gate), change.apply(Projection.UP, up), change.apply(Projection.DOWN, down));
        }
    }
}
