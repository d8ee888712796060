package dev.panacea.transformer.config;

import dev.panacea.kernels.rotary.RotaryScaling;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The Hugging Face {@code config.json} of a Llama, in its old form (rope_theta, rope_scaling) and its new (rope_parameters). */
final class LlamaConfigFile {
    private final Path file;
    private final JsonNode tree;

    private LlamaConfigFile(Path file, JsonNode tree) {
        this.file = file;
        this.tree = tree;
    }

    static LlamaConfig read(Path file) {
        JsonNode tree = ConfigTree.parse(file);
        if (!tree.isObject()) {
            throw new BadInputException(file + " must hold one JSON object");
        }
        LlamaConfigFile reader = new LlamaConfigFile(file, tree);
        reader.refuseOtherShapes();
        try {
            return reader.config();
        } catch (IllegalArgumentException e) {
            throw new BadInputException(file + ": " + e.getMessage(), e);
        }
    }

    private void refuseOtherShapes() {
        refuseUnless("model_type", "llama");
        refuseUnless("hidden_act", "silu");
        for (String bias : List.of("attention_bias", "mlp_bias")) {
            if (tree.path(bias).asBoolean(false)) {
                throw new BadInputException(file + " has " + bias + ": true, but only models without biases are supported");
            }
        }
        if (tree.hasNonNull("quantization_config")) {
            throw new BadInputException(file + " has a quantization_config; give the unquantized weights instead");
        }
    }

    /** A missing key has the only supported value as its default. */
    private void refuseUnless(String key, String supported) {
        String value = tree.path(key).asText(supported);
        if (tree.hasNonNull(key) && !value.equals(supported)) {
            throw new BadInputException(file + " has " + key + " '" + value + "', but only '" + supported + "' is supported");
        }
    }

    private LlamaConfig config() {
        int hidden = whole(tree, "hidden_size");
        int heads = whole(tree, "num_attention_heads");
        return new LlamaConfig(hidden, whole(tree, "intermediate_size"), whole(tree, "num_hidden_layers"), heads,
            whole("num_key_value_heads", heads), tree.hasNonNull("head_dim") ? whole(tree, "head_dim") : defaultHeadDim(hidden, heads),
            whole(tree, "vocab_size"), whole("max_position_embeddings", 2048), real(tree, "rms_norm_eps", 1e-6), theta(), scaling(),
            flag("tie_word_embeddings"), beginning(), endings());
    }

    private int defaultHeadDim(int hidden, int heads) {
        if (heads < 1 || hidden % heads != 0) {
            throw new BadInputException(file + ": num_attention_heads " + heads + " does not divide hidden_size " + hidden
                + ", and there is no head_dim");
        }
        return hidden / heads;
    }

    private double theta() {
        return real(tree.path("rope_parameters"), "rope_theta", real(tree, "rope_theta", 10000));
    }

    private RotaryScaling scaling() {
        JsonNode scaling = tree.hasNonNull("rope_parameters") ? tree.get("rope_parameters") : tree.path("rope_scaling");
        String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
        return switch (type) {
            case "default" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(real(scaling, "factor"));
            case "llama3" -> new RotaryScaling.Llama3(real(scaling, "factor"), real(scaling, "low_freq_factor"),
                real(scaling, "high_freq_factor"), whole(scaling, "original_max_position_embeddings"));
            default -> throw new BadInputException(file + " has the rope scaling '" + type
                + "', but only 'default', 'linear' and 'llama3' are supported");
        };
    }

    private boolean flag(String key) {
        JsonNode node = tree.path(key);
        if (node.isBoolean() || !tree.hasNonNull(key)) {
            return node.asBoolean(false);
        }
        throw new BadInputException(file + ": " + key + " must be true or false, not " + RecordBinder.describe(node));
    }

    private OptionalInt beginning() {
        return tree.hasNonNull("bos_token_id") ? OptionalInt.of(whole(tree, "bos_token_id")) : OptionalInt.empty();
    }

    private List<Integer> endings() {
        JsonNode node = tree.path("eos_token_id");
        List<Integer> ids = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(id -> ids.add(whole(id, "eos_token_id", file)));
        } else if (tree.hasNonNull("eos_token_id")) {
            ids.add(whole(node, "eos_token_id", file));
        }
        return ids;
    }

    private int whole(String key, int otherwise) {
        return tree.hasNonNull(key) ? whole(tree, key) : otherwise;
    }

    private int whole(JsonNode parent, String key) {
        return whole(parent.path(key), key, file);
    }

    private static int whole(JsonNode node, String key, Path file) {
        if (node.isIntegralNumber() && node.canConvertToInt()) {
            return node.intValue();
        }
        throw new BadInputException(file + ": " + key + (node.isMissingNode() ? " is missing"
            : " must be a whole number below 2^31, not " + RecordBinder.describe(node)));
    }

    private double real(JsonNode parent, String key, double otherwise) {
        return parent.hasNonNull(key) ? real(parent, key) : otherwise;
    }

    private double real(JsonNode parent, String key) {
        JsonNode node = parent.path(key);
        if (node.isNumber()) {
            return node.doubleValue();
        }
        throw new BadInputException(file + ": " + key + (node.isMissingNode() ? " is missing"
            : " must be a number, not " + RecordBinder.describe(node)));
    }

    static void write(LlamaConfig config, Path file) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.putArray("architectures").add("LlamaForCausalLM");
        tree.put("model_type", "llama").put("hidden_act", "silu").put("attention_bias", false).put("mlp_bias", false)
            .put("hidden_size", config.hiddenSize()).put("intermediate_size", config.intermediateSize())
            .put("num_hidden_layers", config.layers()).put("num_attention_heads", config.heads())
            .put("num_key_value_heads", config.kvHeads()).put("head_dim", config.headDim())
            .put("vocab_size", config.vocabularySize()).put("max_position_embeddings", config.maxPositions())
            .put("rms_norm_eps", config.rmsNormEpsilon()).put("rope_theta", config.ropeTheta())
            .put("tie_word_embeddings", config.tieEmbeddings());
        tree.set("rope_scaling", scalingNode(config.ropeScaling()));
        config.bosId().ifPresent(id -> tree.put("bos_token_id", id));
        writeEndings(config.eosIds(), tree);
        ConfigTree.write(tree, file);
    }

    private static JsonNode scalingNode(RotaryScaling scaling) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        return switch (scaling) {
            case RotaryScaling.None _ -> JsonNodeFactory.instance.nullNode();
            case RotaryScaling.Linear(double factor) -> node.put("rope_type", "linear").put("factor", factor);
            case RotaryScaling.Llama3(double factor, double low, double high, int original) -> node.put("rope_type", "llama3")
                .put("factor", factor).put("low_freq_factor", low).put("high_freq_factor", high)
                .put("original_max_position_embeddings", original);
        };
    }

    private static void writeEndings(List<Integer> ids, ObjectNode tree) {
        if (ids.size() == 1) {
            tree.put("eos_token_id", ids.getFirst());
        } else if (!ids.isEmpty()) {
            ArrayNode array = tree.putArray("eos_token_id");
            ids.forEach(array::add);
        }
    }
}
