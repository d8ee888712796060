package dev.panacea.transformer.weights;

import dev.panacea.runtime.Buffer;
import dev.panacea.transformer.adapter.Projection;

/**
 * Frozen weights of one block. Matrices are (outputs, inputs), row-major, F32 or BF16; norms [hidden] are of the dtype of activations.
 *
 * @param inputNorm scale of the norm before attention
 * @param postNorm scale of the norm before the feed-forward
 */
public record LayerWeights(Buffer inputNorm, Buffer q, Buffer k, Buffer v, Buffer o, Buffer postNorm, Buffer gate, Buffer up,
                           Buffer down) {

    /** The matrix of a projection. */
    public Buffer matrix(Projection projection) {
        return switch (projection) {
            case Q -> q;
            case K -> k;
            case V -> v;
            case O -> o;
            case GATE -> gate;
            case UP -> up;
            case DOWN -> down;
        };
    }
}
