package dev.panacea.bench.step;

import dev.panacea.transformer.adapter.AdaptedMatrix;
import dev.panacea.transformer.adapter.AdapterPlan;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.ArrayList;
import java.util.List;

/** The matrix products of one step with a frozen model and an adapter on every matrix; attention's own are not among them. */
final class StepProducts {
    // what the fused head takes of the vocabulary at a time
    private static final int VOCABULARY_BLOCK = 1024;

    private StepProducts() { }

    /**
     * @param rows of the forward pass
     * @param askedRows of them, those whose next token is asked for
     */
    static List<MatrixProduct> of(LlamaConfig config, AdapterPlan plan, int rows, int askedRows) {
        List<MatrixProduct> products = new ArrayList<>();
        for (AdaptedMatrix matrix : plan.matrices()) {
            forward(matrix, rows, products);
            backward(matrix, rows, products);
        }
        head(config, askedRows, products);
        return products;
    }

    // x·V, x·W0ᵀ and h·Uᵀ
    private static void forward(AdaptedMatrix matrix, int rows, List<MatrixProduct> products) {
        products.add(MatrixProduct.byRows(false, rows, matrix.directions(), matrix.inputs()));
        products.add(MatrixProduct.byRows(true, rows, matrix.outputs(), matrix.inputs()));
        products.add(MatrixProduct.byRows(true, rows, matrix.outputs(), matrix.directions()));
    }

    // G = dy·U, dy·W0 and G·Vᵀ where x has a gradient, hᵀ·dy, Gᵀ·x
    private static void backward(AdaptedMatrix matrix, int rows, List<MatrixProduct> products) {
        products.add(MatrixProduct.byRows(false, rows, matrix.directions(), matrix.outputs()));
        if (!readsEmbedding(matrix)) {
            products.add(MatrixProduct.byRows(false, rows, matrix.inputs(), matrix.outputs()));
            products.add(MatrixProduct.byRows(true, rows, matrix.inputs(), matrix.directions()));
        }
        products.add(MatrixProduct.overRows(matrix.directions(), matrix.outputs(), rows));
        products.add(MatrixProduct.overRows(matrix.directions(), matrix.inputs(), rows));
    }

    // The embedding is frozen, so nothing before the first layer's queries, keys and values needs a gradient.
    private static boolean readsEmbedding(AdaptedMatrix matrix) {
        return matrix.layer() == 0 && switch (matrix.projection()) {
            case Q, K, V -> true;
            case O, GATE, UP, DOWN -> false;
        };
    }

    // logits = x·Wᵀ, and exp(logits)·W for the derivative
    private static void head(LlamaConfig config, int askedRows, List<MatrixProduct> products) {
        int vocabulary = config.vocabularySize();
        int hidden = config.hiddenSize();
        products.add(new MatrixProduct(false, true, askedRows, vocabulary, hidden, MatrixProduct.ROWS, VOCABULARY_BLOCK, hidden));
        products.add(new MatrixProduct(false, false, askedRows, hidden, vocabulary, MatrixProduct.ROWS, hidden, VOCABULARY_BLOCK));
    }
}
