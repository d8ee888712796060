package dev.panacea.config;

import java.nio.file.Path;

/**
 * @param folder a Hugging Face model folder
 * @param precision of the matrix products
 * @param adapterWay of adapted layers on a CUDA device
 * @param beginOfText whether prompts begin with the model's first token
 * @param leadingSpace whether a tokenizer that invents a space before a text may; not for weights trained without it
 */
public record ModelConfig(Path folder, PrecisionChoice precision, AdapterWayChoice adapterWay, boolean beginOfText,
                          boolean leadingSpace) {

    ModelConfig resolvedAgainst(Path base) {
        return new ModelConfig(base.resolve(folder), precision, adapterWay, beginOfText, leadingSpace);
    }

    static ModelConfig defaults() {
        return new ModelConfig(Path.of("model"), PrecisionChoice.AUTO, AdapterWayChoice.AUTO, true, true);
    }
}
