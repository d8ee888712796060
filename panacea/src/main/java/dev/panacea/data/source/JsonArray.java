package dev.panacea.data.source;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.runtime.BadInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.zip.ZipException;

/** One JSON array of objects, read object by object. A row is named by its line and its number: the array may be one long line. */
final class JsonArray {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonArray() { }

    static void forEach(InputStream in, String name, Consumer<Row> consumer) throws IOException {
        try (JsonParser parser = MAPPER.createParser(in)) {
            forEach(parser, name, consumer);
        }
    }

    private static void forEach(JsonParser parser, String name, Consumer<Row> consumer) throws IOException {
        next(parser, name);
        long number = 1;
        while (next(parser, name) == JsonToken.START_OBJECT) {
            String where = name + ":" + parser.currentTokenLocation().getLineNr() + " (row " + number++ + ")";
            consumer.accept(new Row(where, tree(parser, name)));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw new BadInputException("In " + place(parser, name) + " stands " + parser.currentToken()
                + " where a JSON object or the end of the array is needed.");
        }
        if (next(parser, name) != null) {
            throw new BadInputException("In " + place(parser, name) + " something follows the JSON array.");
        }
    }

    private static JsonToken next(JsonParser parser, String name) throws IOException {
        try {
            return parser.nextToken();
        } catch (ZipException | EOFException e) {
            throw e;
        } catch (IOException e) {
            throw invalid(parser, name, e);
        }
    }

    private static JsonNode tree(JsonParser parser, String name) throws IOException {
        try {
            return parser.readValueAsTree();
        } catch (ZipException | EOFException e) {
            throw e;
        } catch (IOException e) {
            throw invalid(parser, name, e);
        }
    }

    private static BadInputException invalid(JsonParser parser, String name, IOException e) {
        String reason = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
        return new BadInputException("The file is not valid JSON in " + place(parser, name) + ": " + Excerpt.of(reason) + ".", e);
    }

    private static String place(JsonParser parser, String name) {
        return name + ":" + parser.currentLocation().getLineNr();
    }
}
