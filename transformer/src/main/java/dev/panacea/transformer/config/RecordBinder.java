package dev.panacea.transformer.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import dev.panacea.runtime.BadInputException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trees to records: walks a record type and a tree together and refuses whatever of the tree has no place in the type. */
final class RecordBinder {
    private final String what;

    RecordBinder(String what) {
        this.what = what;
    }

    <T extends Record> T bind(ObjectNode tree, T defaults) {
        @SuppressWarnings("unchecked")
        Class<T> type = (Class<T>) defaults.getClass();
        return type.cast(bindRecord(tree, type, defaults, ""));
    }

    /** What a node is, for messages. */
    static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "a group of keys";
            case ARRAY -> "a list";
            case STRING -> "the text \"" + node.textValue() + "\"";
            case NUMBER -> "the number " + node.asText();
            case BOOLEAN -> "the truth value " + node.asText();
            default -> "nothing";
        };
    }

    private Object bindValue(JsonNode node, Type type, Object fallback, String path) {
        if (node instanceof POJONode leaf && leaf.getPojo() instanceof ConfigOverrides.Setting setting) {
            return bindOverride(setting, type, fallback, path);
        }
        if (type instanceof ParameterizedType generic) {
            return bindGeneric(node, generic, fallback, path);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            return bindRecord(node, plain, (Record) fallback, path);
        }
        try {
            return ScalarValue.of(node, plain);
        } catch (BadInputException e) {
            throw refusal(path, e.getMessage(), e);
        }
    }

    /** An override's text is taken as it stands for text, and as a YAML value for everything else. */
    private Object bindOverride(ConfigOverrides.Setting setting, Type type, Object fallback, String path) {
        RecordBinder binder = new RecordBinder("the override '" + setting.whole() + "'");
        try {
            JsonNode node = ScalarValue.isText(type) ? ScalarValue.text(setting.value()) : ConfigTree.parseValue(setting.value());
            return binder.bindValue(node, type, fallback, path);
        } catch (JsonProcessingException e) {
            throw binder.refusal(path, "cannot be read as a YAML value", e);
        }
    }

    private Object bindGeneric(JsonNode node, ParameterizedType type, Object fallback, String path) {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            Object inner = fallback instanceof Optional<?> optional ? optional.orElse(null) : null;
            return absent(node) ? Optional.empty() : Optional.of(bindValue(node, arguments[0], inner, path));
        }
        if (type.getRawType() == List.class) {
            return bindList(node, arguments[0], path);
        }
        if (type.getRawType() == Map.class && arguments[0] == String.class) {
            return bindMap(node, arguments[1], (Map<?, ?>) fallback, path);
        }
        throw new IllegalArgumentException("a configuration cannot hold a " + type);
    }

    private List<Object> bindList(JsonNode node, Type element, String path) {
        if (!node.isArray()) {
            throw refusal(path, "must be a list, not " + describe(node), null);
        }
        List<Object> values = new ArrayList<>();
        for (JsonNode child : node) {
            values.add(bindValue(child, element, null, path + "[" + values.size() + "]"));
        }
        return Collections.unmodifiableList(values);
    }

    private Map<String, Object> bindMap(JsonNode node, Type element, Map<?, ?> fallback, String path) {
        if (!node.isObject()) {
            throw refusal(path, "must be a group of keys, not " + describe(node), null);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        if (fallback != null) {
            fallback.forEach((key, value) -> values.put((String) key, value));
        }
        node.properties().forEach(entry -> {
            String key = entry.getKey();
            if (absent(entry.getValue())) {
                values.remove(key);
            } else {
                values.put(key, bindValue(entry.getValue(), element, values.get(key), join(path, key)));
            }
        });
        return Collections.unmodifiableMap(values);
    }

    private Object bindRecord(JsonNode node, Class<?> type, Record defaults, String path) {
        if (absent(node) && defaults != null) {
            return defaults;
        }
        if (!node.isObject()) {
            throw refusal(path, "must be a group of keys, not " + describe(node), null);
        }
        RecordComponent[] components = type.getRecordComponents();
        refuseUnknownKeys(node, components, path);
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            String key = RecordTree.key(components[i].getName());
            Object fallback = defaults == null ? null : RecordTree.get(defaults, components[i]);
            values[i] = node.has(key) ? bindValue(node.get(key), components[i].getGenericType(), fallback, join(path, key))
                : defaults != null ? fallback : emptyOrRefuse(components[i], join(path, key));
        }
        return construct(type, components, values, path);
    }

    private void refuseUnknownKeys(JsonNode node, RecordComponent[] components, String path) {
        List<String> known = Arrays.stream(components).map(component -> RecordTree.key(component.getName())).toList();
        node.properties().forEach(entry -> {
            if (!known.contains(entry.getKey())) {
                String origin = ConfigOverrides.origin(entry.getValue());
                String advice = NearestName.of(entry.getKey(), known).map(name -> "did you mean '" + name + "'?")
                    .orElse("the keys here are " + String.join(", ", known));
                throw new BadInputException("unknown key '" + join(path, entry.getKey()) + "' in "
                    + (origin == null ? what : "the override '" + origin + "'") + "; " + advice);
            }
        });
    }

    /** The value of a component that neither the user nor a default gave, as in the records of a list. */
    private Object emptyOrRefuse(RecordComponent component, String path) {
        Class<?> type = component.getType();
        if (type == Optional.class) {
            return Optional.empty();
        }
        if (type == List.class) {
            return List.of();
        }
        if (type == Map.class) {
            return Map.of();
        }
        throw refusal(path, "is missing", null);
    }

    private Object construct(Class<?> type, RecordComponent[] components, Object[] values, String path) {
        Class<?>[] parameters = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            constructor.trySetAccessible();
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof BadInputException) {
                throw new BadInputException(what + (path.isEmpty() ? "" : ", '" + path + "'") + ": " + e.getCause().getMessage(), e.getCause());
            }
            throw new IllegalStateException(type.getName() + " cannot be made", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type.getName() + " is not open to configuration", e);
        }
    }

    private BadInputException refusal(String path, String message, Throwable cause) {
        return new BadInputException(what + ": '" + path + "' " + message, cause);
    }

    private static boolean absent(JsonNode node) {
        return node.isNull() || node.isMissingNode();
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
