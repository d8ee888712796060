package dev.panacea.bench.training;

import dev.panacea.autograd.Recomputation;
import dev.panacea.transformer.adapter.AdaptedMatrix;
import dev.panacea.transformer.adapter.AdapterPlan;
import dev.panacea.transformer.config.LlamaConfig;

/**
 * Operations of the mathematics of one step with a frozen model, two to a multiplication and its addition. With P entries in the matrices
 * of the blocks a row takes 2·P forward and 2·P for the gradient of its input; a frozen matrix has no gradient of its own, and the first
 * block's queries, keys and values hand none to the embedding. The factors of an adapter take 2·r·(inputs + outputs) forward and twice
 * that backward. The head takes 4·V·hidden for each row that is asked. Causal attention over n rows takes 2·n²·heads·D forward and 2.5
 * times that backward in each block.
 *
 * @param recomputed what the backward does again to save memory; useful to nobody, so {@link #useful} leaves it out
 */
record StepFlops(double frozen, double adapters, double head, double attentionForward, double attentionBackward, double recomputed) {
    private static final double ATTENTION_BACKWARD = 2.5;

    static StepFlops of(StepShape shape, AdapterPlan adapter) {
        LlamaConfig config = shape.config();
        double rows = shape.rows();
        double frozenForward = 0;
        double frozenBackward = 0;
        double adapterForward = 0;
        for (AdaptedMatrix matrix : adapter.matrices()) {
            double product = 2 * rows * matrix.inputs() * matrix.outputs();
            frozenForward += product;
            frozenBackward += readsEmbedding(matrix) ? 0 : product;
            adapterForward += 2 * rows * matrix.directions() * (matrix.inputs() + matrix.outputs());
        }
        double attention = 2.0 * shape.sequences() * shape.length() * shape.length() * config.queryWidth() * config.layers();
        double head = 4.0 * shape.askedRows() * config.vocabularySize() * config.hiddenSize();
        return new StepFlops(frozenForward + frozenBackward, 3 * adapterForward, head, attention, ATTENTION_BACKWARD * attention,
            shape.recomputation() == Recomputation.FULL ? frozenForward + adapterForward + attention : 0);
    }

    private static boolean readsEmbedding(AdaptedMatrix matrix) {
        return matrix.layer() == 0 && switch (matrix.projection()) {
            case Q, K, V -> true;
            case O, GATE, UP, DOWN -> false;
        };
    }

    /** What a step is for: the FLOPs of MFU. */
    double useful() {
        return frozen + adapters + head + attentionForward + attentionBackward;
    }
}
