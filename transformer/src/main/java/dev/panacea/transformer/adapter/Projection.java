package dev.panacea.transformer.adapter;

import dev.panacea.transformer.config.LlamaConfig;

/** The matrices of a block that an adapter may sit on, in the order in which a token meets them. */
public enum Projection {
    Q("self_attn.q_proj"), K("self_attn.k_proj"), V("self_attn.v_proj"), O("self_attn.o_proj"),
    GATE("mlp.gate_proj"), UP("mlp.up_proj"), DOWN("mlp.down_proj");

    private final String module;

    Projection(String module) {
        this.module = module;
    }

    /** Name of the module within its block, as the Hugging Face libraries call it. */
    public String module() {
        return module;
    }

    /** Input width in a model of this configuration. */
    public int inputs(LlamaConfig config) {
        return switch (this) {
            case Q, K, V, GATE, UP -> config.hiddenSize();
            case O -> config.queryWidth();
            case DOWN -> config.intermediateSize();
        };
    }

    /** Output width in a model of this configuration. */
    public int outputs(LlamaConfig config) {
        return switch (this) {
            case Q -> config.queryWidth();
            case K, V -> config.kvWidth();
            case O, DOWN -> config.hiddenSize();
            case GATE, UP -> config.intermediateSize();
        };
    }
}
