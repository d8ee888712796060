package dev.panacea.transformer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Records to trees: the names and forms that {@link RecordBinder} reads. */
final class RecordTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private RecordTree() { }

    static ObjectNode of(Record value) {
        ObjectNode tree = NODES.objectNode();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object part = get(value, component);
            if (part != null && !part.equals(Optional.empty())) {
                tree.set(key(component.getName()), node(part));
            }
        }
        return tree;
    }

    /** The value of a component. */
    static Object get(Record value, RecordComponent component) {
        try {
            component.getAccessor().trySetAccessible();
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(value.getClass().getName() + " is not open to configuration", e);
        }
    }

    /** The snake_case key of a camelCase component. */
    static String key(String component) {
        return component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    /** How an enum constant is written: lower-case with hyphens. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static JsonNode node(Object value) {
        return switch (value) {
            case Record record -> of(record);
            case Optional<?> optional -> node(optional.orElseThrow());
            case List<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            case Enum<?> constant -> NODES.textNode(name(constant));
            case Boolean flag -> NODES.booleanNode(flag);
            case Integer number -> NODES.numberNode(number);
            case Long number -> NODES.numberNode(number);
            case Float number -> NODES.numberNode(number);
            case Double number -> NODES.numberNode(number);
            case String text -> NODES.textNode(text);
            case Path path -> NODES.textNode(path.toString());
            default -> throw new IllegalArgumentException("a configuration cannot hold a " + value.getClass().getName());
        };
    }

    private static ArrayNode list(List<?> values) {
        ArrayNode array = NODES.arrayNode();
        values.forEach(value -> array.add(node(value)));
        return array;
    }

    private static ObjectNode map(Map<?, ?> values) {
        ObjectNode object = NODES.objectNode();
        values.forEach((key, value) -> object.set(key.toString(), node(value)));
        return object;
    }
}
