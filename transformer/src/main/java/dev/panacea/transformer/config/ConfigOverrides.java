package dev.panacea.transformer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import dev.panacea.runtime.BadInputException;
import java.util.List;

/** Lays {@code a.b=c} settings over a tree; what type c has is decided later, by the record component it meets. */
final class ConfigOverrides {

    /** The value of one override, still text, and the whole override for messages. */
    record Setting(String value, String whole) { }

    private ConfigOverrides() { }

    /** A copy of {@code tree} (an object) with every override set, later ones winning. */
    static ObjectNode apply(ObjectNode tree, List<String> overrides) {
        ObjectNode result = tree.deepCopy();
        overrides.forEach(override -> set(result, override));
        return result;
    }

    /** The override that put {@code node}, or something under it, in the tree; null when the file did. */
    static String origin(JsonNode node) {
        if (node instanceof POJONode leaf && leaf.getPojo() instanceof Setting setting) {
            return setting.whole();
        }
        for (JsonNode child : node) {
            String origin = origin(child);
            if (origin != null) {
                return origin;
            }
        }
        return null;
    }

    private static void set(ObjectNode root, String override) {
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw new BadInputException("the override '" + override + "' is not of the form key.subkey=value");
        }
        String[] keys = override.substring(0, equals).strip().split("\\.", -1);
        POJONode leaf = new POJONode(new Setting(override.substring(equals + 1).strip(), override));
        JsonNode parent = root;
        for (int i = 0; i < keys.length - 1; i++) {
            parent = descend(parent, keys[i], override);
        }
        put(parent, keys[keys.length - 1], leaf, override);
    }

    private static JsonNode descend(JsonNode parent, String key, String override) {
        return switch (parent) {
            case ObjectNode object when object.path(key).isContainerNode() -> object.get(key);
            case ObjectNode object when object.path(key).isMissingNode() || object.path(key).isNull() -> object.putObject(key);
            case ArrayNode array -> array.get(index(array, key, override));
            default -> throw new BadInputException("the override '" + override + "' goes into '" + key + "', which is a single value");
        };
    }

    private static void put(JsonNode parent, String key, POJONode leaf, String override) {
        switch (parent) {
            case ObjectNode object -> object.set(key, leaf);
            case ArrayNode array -> array.set(index(array, key, override), leaf);
            default -> throw new BadInputException("the override '" + override + "' sets '" + key + "' inside a single value");
        }
    }

    private static int index(ArrayNode array, String key, String override) {
        if (key.matches("\\d{1,9}") && Integer.parseInt(key) < array.size()) {
            return Integer.parseInt(key);
        }
        throw new BadInputException("the override '" + override + "' needs a list position from 0 to " + (array.size() - 1)
            + " where it says '" + key + "'");
    }
}
