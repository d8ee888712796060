/** Llama models: their configuration, weights, tokenizer and adapter layout. */
module dev.panacea.transformer {
    requires transitive dev.panacea.autograd;
    requires transitive com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires ai.djl.tokenizers;
    requires ai.djl.api;

    exports dev.panacea.transformer.adapter;
    exports dev.panacea.transformer.config;
    exports dev.panacea.transformer.generation;
    exports dev.panacea.transformer.model;
    exports dev.panacea.transformer.tokenizer;
    exports dev.panacea.transformer.weights;
}
