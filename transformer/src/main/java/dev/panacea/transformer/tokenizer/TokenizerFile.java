package dev.panacea.transformer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.runtime.BadInputException;
import dev.panacea.transformer.config.ConfigTree;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** A {@code tokenizer.json} as a tree: its vocabulary, and the changes made before the native library sees it. */
final class TokenizerFile {
    private final Path file;
    private final ObjectNode root;

    private TokenizerFile(Path file, ObjectNode root) {
        this.file = file;
        this.root = root;
    }

    static TokenizerFile read(Path file) {
        if (ConfigTree.parse(file) instanceof ObjectNode root && root.path("model").isObject()) {
            return new TokenizerFile(file, root);
        }
        throw new BadInputException(file + " is no tokenizer.json: it has no model");
    }

    /** Id of every token: the model's vocabulary (a map, or Unigram's list of pairs) and the added tokens. */
    Map<String, Integer> vocabulary() {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = root.path("model").path("vocab");
        vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), id(entry.getKey(), entry.getValue())));
        if (vocabulary.isArray()) {
            for (int i = 0; i < vocabulary.size(); i++) {
                ids.put(vocabulary.get(i).path(0).asText(), i);
            }
        }
        for (JsonNode added : root.path("added_tokens")) {
            ids.put(added.path("content").asText(), id(added.path("content").asText(), added.path("id")));
        }
        if (ids.isEmpty()) {
            throw new BadInputException(file + " has an empty vocabulary");
        }
        return ids;
    }

    private int id(String token, JsonNode id) {
        if (id.isIntegralNumber() && id.canConvertToInt() && id.intValue() >= 0) {
            return id.intValue();
        }
        throw new BadInputException(file + " gives the token '" + token + "' the id " + id + ", which is none");
    }

    /** Many published files cut or pad texts silently (GPT-2's to 50 tokens). */
    TokenizerFile withoutTruncationAndPadding() {
        root.putNull("truncation");
        root.putNull("padding");
        return this;
    }

    /**
     * Takes out what invents a space before the text, in any of the three places where files put it, and what takes one away
     * again after decoding.
     */
    TokenizerFile withoutLeadingSpace() {
        removeStep("normalizer", "normalizers", step -> step.path("type").asText().equals("Prepend"));
        removeStep("decoder", "decoders", step -> step.path("type").asText().equals("Strip") && step.path("content").asText().equals(" "));
        for (JsonNode step : root.findParents("add_prefix_space")) {
            ((ObjectNode) step).put("add_prefix_space", false);
        }
        for (JsonNode step : root.findParents("prepend_scheme")) {
            ((ObjectNode) step).put("prepend_scheme", "never");
        }
        return this;
    }

    private void removeStep(String stage, String list, Predicate<JsonNode> unwanted) {
        JsonNode node = root.path(stage);
        if (unwanted.test(node)) {
            root.putNull(stage);
        }
        if (node.path(list) instanceof ArrayNode steps) {
            for (int i = steps.size() - 1; i >= 0; i--) {
                if (unwanted.test(steps.get(i))) {
                    steps.remove(i);
                }
            }
        }
    }

    String json() {
        return root.toString();
    }
}
