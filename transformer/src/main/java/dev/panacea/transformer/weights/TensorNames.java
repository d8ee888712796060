package dev.panacea.transformer.weights;

import dev.panacea.runtime.Buffer;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Names and shapes that the Hugging Face libraries give the tensors of a Llama. */
public final class TensorNames {
    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String HEAD = "lm_head.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    static final String LAYERS = "model.layers.";

    private TensorNames() { }

    public static String inputNorm(int layer) {
        return LAYERS + layer + ".input_layernorm.weight";
    }

    public static String postNorm(int layer) {
        return LAYERS + layer + ".post_attention_layernorm.weight";
    }

    public static String matrix(int layer, Projection projection) {
        return LAYERS + layer + "." + projection.module() + ".weight";
    }

    /** Shape of every tensor of a model of this configuration; embedding and head are both named, tied or not. */
    public static Map<String, List<Long>> shapes(LlamaConfig config) {
        List<Long> norm = shape(config.hiddenSize());
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, shape(config.vocabularySize(), config.hiddenSize()));
        shapes.put(HEAD, shape(config.vocabularySize(), config.hiddenSize()));
        for (int layer = 0; layer < config.layers(); layer++) {
            shapes.put(inputNorm(layer), norm);
            for (Projection projection : Projection.values()) {
                shapes.put(matrix(layer, projection), shape(projection.outputs(config), projection.inputs(config)));
            }
            shapes.put(postNorm(layer), norm);
        }
        shapes.put(FINAL_NORM, norm);
        return shapes;
    }

    /** The buffers of {@code weights} under their names; a tied head is left out. */
    static List<NamedTensor> named(LlamaConfig config, Weights weights) {
        Map<String, Buffer> buffers = new LinkedHashMap<>();
        buffers.put(EMBEDDING, weights.embedding());
        buffers.put(HEAD, weights.head());
        for (int layer = 0; layer < config.layers(); layer++) {
            LayerWeights block = weights.layers().get(layer);
            buffers.put(inputNorm(layer), block.inputNorm());
            for (Projection projection : Projection.values()) {
                buffers.put(matrix(layer, projection), block.matrix(projection));
            }
            buffers.put(postNorm(layer), block.postNorm());
        }
        buffers.put(FINAL_NORM, weights.finalNorm());
        return named(config, buffers::get);
    }

    /** Every tensor that a file of this configuration holds, its buffer found by name; a tied head is left out. */
    static List<NamedTensor> named(LlamaConfig config, Function<String, Buffer> bufferOf) {
        List<NamedTensor> tensors = new ArrayList<>();
        shapes(config).forEach((name, shape) -> {
            if (!(config.tieEmbeddings() && name.equals(HEAD))) {
                tensors.add(new NamedTensor(name, shape, bufferOf.apply(name)));
            }
        });
        return tensors;
    }

    private static List<Long> shape(int... sizes) {
        return Arrays.stream(sizes).asLongStream().boxed().toList();
    }
}
