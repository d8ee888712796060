package dev.panacea.transformer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.BadInputException;
import dev.panacea.transformer.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaConfigTest {
    private static final String LLAMA_3 = """
        "model_type": "llama", "hidden_act": "silu", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 3,
        "num_attention_heads": 4, "vocab_size": 1000, "rms_norm_eps": 1e-05""";

    @TempDir
    private Path folder;

    @Test
    void readsTinyStories() {
        LlamaConfig config = LlamaConfig.read(Fixtures.path("tinystories-656k/config.json"));
        assertEquals(new LlamaConfig(128, 384, 2, 8, 4, 16, 2048, 512, 1e-6, 10000, new RotaryScaling.None(), true, OptionalInt.of(1),
            List.of(2)), config);
        assertEquals(656_000, config.parameterCount());
    }

    @Test
    void fillsInWhatFilesLeaveOut() throws IOException {
        assertEquals(new LlamaConfig(64, 160, 3, 4, 4, 16, 1000, 2048, 1e-5, 10000, new RotaryScaling.None(), false,
            OptionalInt.empty(), List.of()), read(""));
    }

    @Test
    void readsEveryFormOfRotaryScaling() throws IOException {
        RotaryScaling llama3 = new RotaryScaling.Llama3(8, 1, 4, 8192);
        String body = "\"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 8192";
        assertEquals(llama3, read(", \"rope_scaling\": {\"rope_type\": \"llama3\", " + body + "}").ropeScaling());
        LlamaConfig modern = read(", \"rope_parameters\": {\"rope_theta\": 500000.0, \"rope_type\": \"llama3\", " + body + "}");
        assertEquals(llama3, modern.ropeScaling());
        assertEquals(500000, modern.ropeTheta());
        assertEquals(new RotaryScaling.Linear(2), read(", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}").ropeScaling());
        assertEquals(new RotaryScaling.None(), read(", \"rope_scaling\": {\"rope_type\": \"default\"}").ropeScaling());
        assertEquals(new RotaryScaling.None(), read(", \"rope_scaling\": null").ropeScaling());
    }

    @Test
    void writesWhatItReads() throws IOException {
        for (String extra : List.of("", ", \"head_dim\": 32, \"bos_token_id\": 5, \"eos_token_id\": [6, 7], \"num_key_value_heads\": 2",
            ", \"eos_token_id\": 3, \"tie_word_embeddings\": true, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}",
            ", \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4, "
                + "\"original_max_position_embeddings\": 64}")) {
            LlamaConfig config = read(extra);
            Path file = folder.resolve("written.json");
            config.write(file);
            assertEquals(config, LlamaConfig.read(file));
        }
    }

    @Test
    void countsParametersWithAndWithoutATiedHead() throws IOException {
        long blocks = 3 * (4 * 64 * 64 + 3 * 64 * 160 + 2 * 64) + 64;
        assertEquals(blocks + 2 * 64 * 1000, read("").parameterCount());
        assertEquals(blocks + 64 * 1000, read(", \"tie_word_embeddings\": true").parameterCount());
    }

    @Test
    void refusesOtherModels() throws IOException {
        refused(", \"model_type\": \"qwen2\"", "model_type is 'qwen2', but only 'llama' is supported");
        refused(", \"hidden_act\": \"gelu\"", "hidden_act is 'gelu'");
        refused(", \"attention_bias\": true", "only models without biases");
        refused(", \"mlp_bias\": true", "only models without biases");
        refused(", \"quantization_config\": {}", "unquantized");
        refused(", \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 2}", "rope scaling is 'yarn'");
    }

    @Test
    void refusesImpossibleSizes() throws IOException {
        refused(", \"num_key_value_heads\": 3", "num_key_value_heads 3 does not divide num_attention_heads 4");
        refused(", \"num_attention_heads\": 5", "num_attention_heads 5 does not divide hidden_size 64");
        refused(", \"num_attention_heads\": 0", "num_attention_heads 0 does not divide");
        refused(", \"head_dim\": 15", "head_dim 15 is odd");
        refused(", \"hidden_size\": \"64\"", "hidden_size must be a whole number below 2^31, not the text \"64\"");
        refused(", \"vocab_size\": -1", "vocab_size must be positive, not -1");
        refused(", \"vocab_size\": 1e3", "vocab_size must be a whole number");
        refused(", \"vocab_size\": null", "vocab_size must be a whole number below 2^31, not nothing");
        refused(", \"bos_token_id\": 1000", "bos_token_id 1000 lies outside the vocabulary of 1000");
        refused(", \"eos_token_id\": [1, 1000]", "eos_token_id 1000");
        refused(", \"rms_norm_eps\": 0", "rms_norm_eps must lie between 0 and 1");
        refused(", \"rope_theta\": -1", "rope_theta must be positive");
        refused(", \"rope_scaling\": {\"type\": \"linear\"}", "factor is missing");
        refused(", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 0.5}", "needs a factor of at least 1, not 0.5");
    }

    private void refused(String extra, String reason) throws IOException {
        BadInputException e = assertThrows(BadInputException.class, () -> read(extra), extra);
        assertTrue(e.getMessage().contains(reason) && e.getMessage().contains("config.json"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    /** The base model with some keys added or, by the same name, replaced. */
    private LlamaConfig read(String extra) throws IOException {
        StringBuilder json = new StringBuilder("{");
        for (String pair : LLAMA_3.split(",\\s*")) {
            String key = pair.substring(0, pair.indexOf(':')).strip();
            if (!extra.contains(", " + key + ":")) {
                json.append(json.length() > 1 ? ", " : "").append(pair);
            }
        }
        return LlamaConfig.read(Files.writeString(folder.resolve("config.json"), json + extra + "}"));
    }
}
