package dev.panacea.data.source;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.runtime.BadInputException;
import java.util.Locale;

/**
 * One record of a file, with accessors that answer a missing or wrongly typed field by naming it and its place.
 *
 * @param where file name and line or row, as "train.jsonl:17"
 */
record Row(String where, JsonNode fields) {

    boolean has(String field) {
        return fields.hasNonNull(field);
    }

    JsonNode required(String field) {
        JsonNode value = fields.get(field);
        if (value == null || value.isNull()) {
            throw fault("the field '" + field + "' is missing");
        }
        return value;
    }

    String text(String field) {
        JsonNode value = required(field);
        if (!value.isTextual()) {
            throw wrongType(field, value, "a string");
        }
        return value.textValue();
    }

    String textOrEmpty(String field) {
        return has(field) ? text(field) : "";
    }

    double number(String field) {
        JsonNode value = required(field);
        if (!value.isNumber()) {
            throw wrongType(field, value, "a number");
        }
        return value.doubleValue();
    }

    /** +1 when {@code field} names response 0 as the better one, -1 when it names response 1. */
    byte labelByIndex(String field) {
        JsonNode value = required(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0 || value.intValue() > 1) {
            throw wrongType(field, value, "0 or 1");
        }
        return (byte) (value.intValue() == 0 ? 1 : -1);
    }

    BadInputException wrongType(String field, JsonNode value, String wanted) {
        String found = value.isContainerNode() ? value.getNodeType().name().toLowerCase(Locale.ROOT) : Excerpt.of(value.toString());
        return fault("the field '" + field + "' must be " + wanted + ", not " + found);
    }

    BadInputException fault(String what) {
        return new BadInputException("In " + where + " " + what + ".");
    }
}
