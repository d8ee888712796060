package dev.panacea.transformer.config;

import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Shape and constants of a Llama-like model: what a Hugging Face {@code config.json} says of it.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated feed-forward
 * @param heads query heads; {@code kvHeads} divides it
 * @param headDim even; {@code heads · headDim} need not be {@code hiddenSize}
 * @param maxPositions longest sequence that the model was made for
 * @param tieEmbeddings whether the head is the embedding
 * @param eosIds token ids that end a text; may be empty
 */
public record LlamaConfig(int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads, int headDim, int vocabularySize,
                          int maxPositions, double rmsNormEpsilon, double ropeTheta, RotaryScaling ropeScaling, boolean tieEmbeddings,
                          OptionalInt bosId, List<Integer> eosIds) {

    /** @throws IllegalArgumentException when a size is not positive, does not divide, or a token id lies outside the vocabulary */
    public LlamaConfig {
        positive("hidden_size", hiddenSize);
        positive("intermediate_size", intermediateSize);
        positive("num_hidden_layers", layers);
        positive("num_attention_heads", heads);
        positive("num_key_value_heads", kvHeads);
        positive("head_dim", headDim);
        positive("vocab_size", vocabularySize);
        positive("max_position_embeddings", maxPositions);
        require(heads % kvHeads == 0, "num_key_value_heads " + kvHeads + " does not divide num_attention_heads " + heads);
        require(headDim % 2 == 0, "head_dim " + headDim + " is odd, and rotary embedding turns pairs");
        require((long) heads * headDim <= Integer.MAX_VALUE, "num_attention_heads times head_dim is too large");
        require(rmsNormEpsilon > 0 && rmsNormEpsilon < 1, "rms_norm_eps must lie between 0 and 1, not be " + rmsNormEpsilon);
        require(ropeTheta > 0 && Double.isFinite(ropeTheta), "rope_theta must be positive, not " + ropeTheta);
        bosId.ifPresent(id -> requireToken("bos_token_id", id, vocabularySize));
        eosIds = List.copyOf(eosIds);
        for (int id : eosIds) {
            requireToken("eos_token_id", id, vocabularySize);
        }
    }

    /**
     * Reads a {@code config.json}; keys that do not change what the model computes are ignored.
     *
     * @throws BadInputException when the file is missing or broken, a needed key is, or the model is not Llama-shaped
     */
    public static LlamaConfig read(Path file) {
        return LlamaConfigFile.read(file);
    }

    /** Writes a {@code config.json} that {@link #read} and the Hugging Face libraries understand. */
    public void write(Path file) {
        LlamaConfigFile.write(this, file);
    }

    /** Output width of the query projection. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Output width of the key and value projections. */
    public int kvWidth() {
        return kvHeads * headDim;
    }

    /** Number of weights, a tied head counted once. */
    public long parameterCount() {
        long attention = 2L * hiddenSize * queryWidth() + 2L * hiddenSize * kvWidth();
        long feedForward = 3L * hiddenSize * intermediateSize;
        long embeddings = (tieEmbeddings ? 1L : 2L) * vocabularySize * hiddenSize;
        return layers * (attention + feedForward + 2L * hiddenSize) + embeddings + hiddenSize;
    }

    private static void positive(String key, int value) {
        require(value > 0, key + " must be positive, not " + value);
    }

    private static void requireToken(String key, int id, int vocabularySize) {
        require(id >= 0 && id < vocabularySize, key + " " + id + " lies outside the vocabulary of " + vocabularySize);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
