package dev.panacea.data.arrow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Arrow rows as the JSON objects they would be in a file of JSON lines. */
public final class ArrowJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ArrowJson() { }

    public static ObjectNode row(List<String> names, ArrowBatch batch, int row) {
        return object(names, batch.columns(), row);
    }

    private static ObjectNode object(List<String> names, List<ArrowColumn> columns, int row) {
        ObjectNode object = JSON.objectNode();
        for (int i = 0; i < names.size(); i++) {
            object.set(names.get(i), value(columns.get(i), row));
        }
        return object;
    }

    private static JsonNode value(ArrowColumn column, int row) {
        if (column.isNull(row)) {
            return JSON.nullNode();
        }
        return switch (column) {
            case ArrowColumn.Text text -> JSON.textNode(text.get(row));
            case ArrowColumn.Whole whole -> JSON.numberNode(whole.get(row));
            case ArrowColumn.Real real -> JSON.numberNode(real.get(row));
            case ArrowColumn.Flag flag -> JSON.booleanNode(flag.get(row));
            case ArrowColumn.Lists lists -> array(lists.child(), lists.start(row), lists.start(row + 1));
            case ArrowColumn.FixedLists lists -> array(lists.child(), lists.start(row), lists.start(row + 1));
            case ArrowColumn.Struct struct -> object(struct.names(), struct.children(), row);
            case ArrowColumn.Nothing _ -> JSON.nullNode();
        };
    }

    private static ArrayNode array(ArrowColumn child, long from, long to) {
        ArrayNode array = JSON.arrayNode();
        for (long i = from; i < to; i++) {
            array.add(value(child, (int) i));
        }
        return array;
    }
}
