package dev.panacea.transformer.model;

import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** All weights of a Llama as trained parameters, under the names that Hugging Face model files use. */
public final class TrainableLlama {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";
    private static final String FINAL_NORM = "model.norm.weight";

    private final LlamaConfig config;
    private final ParameterSet parameters;

    /** Takes memory for values and gradients, both zero. */
    public TrainableLlama(Kernels kernels, MemoryScope scope, LlamaConfig config) {
        this.config = config;
        ParameterSet.Builder builder = new ParameterSet.Builder();
        int hidden = config.hiddenSize();
        int feedForward = config.intermediateSize();
        builder.add(EMBEDDING, config.vocabularySize(), hidden);
        for (int layer = 0; layer < config.layers(); layer++) {
            builder.add(name(layer, "input_layernorm"), hidden);
            builder.add(name(layer, "self_attn.q_proj"), config.queryWidth(), hidden);
            builder.add(name(layer, "self_attn.k_proj"), config.kvWidth(), hidden);
            builder.add(name(layer, "self_attn.v_proj"), config.kvWidth(), hidden);
            builder.add(name(layer, "self_attn.o_proj"), hidden, config.queryWidth());
            builder.add(name(layer, "post_attention_layernorm"), hidden);
            builder.add(name(layer, "mlp.gate_proj"), feedForward, hidden);
            builder.add(name(layer, "mlp.up_proj"), feedForward, hidden);
            builder.add(name(layer, "mlp.down_proj"), hidden, feedForward);
        }
        builder.add(FINAL_NORM, hidden);
        if (!config.tieEmbeddings()) {
            builder.add(HEAD, config.vocabularySize(), hidden);
        }
        parameters = builder.build(kernels, scope);
    }

    private static String name(int layer, String part) {
        return "model.layers." + layer + "." + part + ".weight";
    }

    /**
     * Norms to 1 and matrices to N(0, std²); those that write into the residual stream are drawn smaller by √(2·layers), so
     * that the stream's variance does not grow with depth (Radford et al. 2019).
     */
    public void initialize(RandomGenerator random, double std) {
        parameters.tensors().forEach((name, tensor) -> {
            float[] values = new float[Math.toIntExact(tensor.count())];
            boolean norm = name.contains("norm");
            boolean intoStream = name.contains("o_proj") || name.contains("down_proj");
            double own = intoStream ? std / Math.sqrt(2.0 * config.layers()) : std;
            for (int i = 0; i < values.length; i++) {
                values[i] = norm ? 1 : (float) (random.nextGaussian() * own);
            }
            HostBuffer.of(tensor.buffer()).copyFrom(values);
        });
    }

    public ParameterSet parameters() {
        return parameters;
    }

    /** The model's arrays, trained; embedding and head are one where tied. */
    public LlamaTensors tensors() {
        List<LlamaTensors.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(new LlamaTensors.Layer(get(layer, "input_layernorm"), get(layer, "self_attn.q_proj"),
                get(layer, "self_attn.k_proj"), get(layer, "self_attn.v_proj"), get(layer, "self_attn.o_proj"),
                get(layer, "post_attention_layernorm"), get(layer, "mlp.gate_proj"), get(layer, "mlp.up_proj"),
                get(layer, "mlp.down_proj")));
        }
        Tensor embedding = parameters.get(EMBEDDING);
        return new LlamaTensors(embedding, config.tieEmbeddings() ? embedding : parameters.get(HEAD), parameters.get(FINAL_NORM),
            layers);
    }

    private Tensor get(int layer, String part) {
        return parameters.get(name(layer, part));
    }
}
