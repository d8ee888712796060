package dev.panacea.transformer.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.runtime.BadInputException;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The single values of a configuration. Messages are the second half of a sentence that begins with the key. */
final class ScalarValue {
    /** YAML 1.1 reads {@code 1e-4}, a number to everyone else, as text. */
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d{1,40}(\\.\\d{0,40})?|\\.\\d{1,40})([eE][-+]?\\d{1,3})?");

    /** And {@code off}, a name to everyone else, as false. */
    private static final String OFF = "off";

    private ScalarValue() { }

    /** The value of {@code node} as a {@code type}: text, path, enum, boolean, int, long, float or double (boxed or not). */
    static Object of(JsonNode node, Class<?> type) {
        if (type == String.class) {
            return string(node);
        }
        if (type == Path.class) {
            return path(node);
        }
        if (type.isEnum()) {
            return constant(node, type);
        }
        if (type == boolean.class || type == Boolean.class) {
            return bool(node);
        }
        if (type == int.class || type == Integer.class) {
            return (int) whole(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return whole(node, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == float.class || type == Float.class) {
            return (float) real(node, Float.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return real(node, Double.MAX_VALUE);
        }
        throw new IllegalArgumentException("a configuration cannot hold a " + type.getName());
    }

    private static String string(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue();
        }
        throw mismatch("text" + (node.isValueNode() && !node.isNull() ? " (put it in quotes)" : ""), node);
    }

    private static Path path(JsonNode node) {
        try {
            return Path.of(string(node));
        } catch (InvalidPathException e) {
            throw new BadInputException("is no file name: " + e.getReason(), e);
        }
    }

    private static Object constant(JsonNode node, Class<?> type) {
        List<Enum<?>> constants = Arrays.stream(type.getEnumConstants()).<Enum<?>>map(constant -> (Enum<?>) constant).toList();
        List<String> names = constants.stream().map(RecordTree::name).toList();
        String choices = "one of " + String.join(", ", names);
        if (node.isBoolean() && !node.booleanValue() && names.contains(OFF)) {
            return constants.get(names.indexOf(OFF));
        }
        if (!node.isTextual()) {
            throw mismatch(choices, node);
        }
        int index = names.indexOf(node.textValue().replace('_', '-').toLowerCase(Locale.ROOT));
        if (index >= 0) {
            return constants.get(index);
        }
        String advice = NearestName.of(node.textValue(), names).map(name -> "; did you mean '" + name + "'?").orElse("");
        throw new BadInputException("must be " + choices + ", not \"" + node.textValue() + "\"" + advice);
    }

    private static boolean bool(JsonNode node) {
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        throw mismatch("true or false", node);
    }

    private static long whole(JsonNode node, long least, long most) {
        BigDecimal number = number(node, "a whole number");
        try {
            long value = number.longValueExact();
            if (value >= least && value <= most) {
                return value;
            }
        } catch (ArithmeticException e) {
            if (number.stripTrailingZeros().scale() > 0) {
                throw mismatch("a whole number", node);
            }
        }
        throw new BadInputException("must be a whole number from " + least + " to " + most + ", not " + node.asText());
    }

    private static double real(JsonNode node, double most) {
        double value = number(node, "a number").doubleValue();
        if (Math.abs(value) <= most) {
            return value;
        }
        throw new BadInputException("must be a number of size at most " + most + ", not " + node.asText());
    }

    private static BigDecimal number(JsonNode node, String expected) {
        if (node.isNumber() && !Double.isFinite(node.doubleValue()) && !node.isIntegralNumber()) {
            throw new BadInputException("must be finite, not " + node.asText());
        }
        if (node.isNumber()) {
            return node.decimalValue();
        }
        if (node.isTextual() && NUMBER.matcher(node.textValue()).matches()) {
            return new BigDecimal(node.textValue());
        }
        throw mismatch(expected, node);
    }

    private static BadInputException mismatch(String expected, JsonNode node) {
        return new BadInputException("must be " + expected + ", not " + RecordBinder.describe(node));
    }
}
