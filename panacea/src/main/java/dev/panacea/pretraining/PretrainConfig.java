package dev.panacea.pretraining;

import dev.panacea.autograd.Recomputation;
import dev.panacea.config.OptimizerConfig;
import dev.panacea.config.TrainingConfig;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.run.LearningRate;
import dev.panacea.transformer.config.ConfigTree;
import dev.panacea.transformer.config.LlamaConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * A small language model from plain text.
 *
 * @param text files to learn from
 * @param longestWords paragraphs are cut at the ends of sentences into documents of about so many words at most
 * @param heldOut share of documents kept from training, in [0, 1)
 * @param vocabulary tokens of the byte-level BPE vocabulary that is learned first
 */
public record PretrainConfig(long seed, List<Path> text, int longestWords, double heldOut, int vocabulary, Shape model,
                             OptimizerConfig optimizer, TrainingConfig training) {

    /**
     * The model's shape; embedding and head are tied.
     *
     * @param initStd standard deviation of the matrices at the start
     */
    public record Shape(int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads, int maxPositions, double initStd) {
        LlamaConfig llama(int vocabulary, int bos, int eos) {
            return new LlamaConfig(hiddenSize, intermediateSize, layers, heads, kvHeads, hiddenSize / heads, vocabulary, maxPositions,
                1e-5, 10_000, new RotaryScaling.None(), true, OptionalInt.of(bos), List.of(eos));
        }
    }

    public static PretrainConfig defaults() {
        return new PretrainConfig(17, List.of(), 110, 0.02, 2048, new Shape(128, 384, 5, 4, 2, 256, 0.02),
            new OptimizerConfig(3e-3, LearningRate.Schedule.COSINE, 0.03, 0.9, 0.95, 1e-8, 0.1, 1),
            new TrainingConfig(3000, 64, 8192, 250, 1, Recomputation.OFF, true));
    }

    /** The defaults with a YAML file's values and then overrides laid over them. */
    public static PretrainConfig read(Path yaml, List<String> overrides) {
        return ConfigTree.read(defaults(), yaml, overrides);
    }
}
