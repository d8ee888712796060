package dev.panacea.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Which keys two configurations give different values. */
final class ConfigDifference {
    private ConfigDifference() { }

    /** Paths such as {@code training.steps}, in alphabetical order. */
    static List<String> keys(JsonNode one, JsonNode other) {
        List<String> keys = new ArrayList<>();
        collect("", one, other, keys);
        return keys;
    }

    private static void collect(String path, JsonNode one, JsonNode other, List<String> keys) {
        if (one instanceof ObjectNode && other instanceof ObjectNode) {
            TreeSet<String> names = new TreeSet<>();
            one.fieldNames().forEachRemaining(names::add);
            other.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> collect(path.isEmpty() ? name : path + "." + name, at(one, name), at(other, name), keys));
        } else if (!one.equals(other)) {
            keys.add(path);
        }
    }

    private static JsonNode at(JsonNode node, String name) {
        return node.has(name) ? node.get(name) : MissingNode.getInstance();
    }
}
