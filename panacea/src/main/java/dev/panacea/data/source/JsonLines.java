package dev.panacea.data.source;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.panacea.runtime.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * A JSON object a line. Lines end at "\n" and nowhere else: the strings of real data hold raw U+2028, which a text reader might
 * take for the end of a line. Blank lines are skipped.
 */
final class JsonLines {

    /** More than any sane record; a larger "line" is a file of another kind and must not fill the heap. */
    private static final int LONGEST_LINE_BYTES = 64 << 20;

    private static final ObjectReader READER = new ObjectMapper().readerFor(JsonNode.class)
        .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonLines() { }

    static void forEach(InputStream in, String name, Consumer<Row> consumer) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (long number = 1; readLine(in, line, name + ":" + number); number++) {
            byte[] bytes = line.toByteArray();
            if (!isBlank(bytes)) {
                consumer.accept(parse(bytes, name + ":" + number));
            }
        }
    }

    /** The next line without its end; false when nothing is left. */
    private static boolean readLine(InputStream in, ByteArrayOutputStream line, String where) throws IOException {
        line.reset();
        int c = in.read();
        if (c < 0) {
            return false;
        }
        for (; c >= 0 && c != '\n'; c = in.read()) {
            if (line.size() == LONGEST_LINE_BYTES) {
                throw new BadInputException("The line " + where + " is longer than " + LONGEST_LINE_BYTES
                    + " bytes; is the file JSON lines?");
            }
            line.write(c);
        }
        return true;
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static Row parse(byte[] bytes, String where) {
        JsonNode node;
        try {
            node = READER.readValue(bytes);
        } catch (JacksonException e) {
            throw new BadInputException("The line " + where + " is not valid JSON: " + Excerpt.of(e.getOriginalMessage()) + ".", e);
        } catch (IOException e) {
            throw new BadInputException("The line " + where + " is not valid UTF-8 text: " + Excerpt.of(e.getMessage()) + ".", e);
        }
        if (!node.isObject()) {
            throw new BadInputException("The line " + where + " must be a JSON object, not " + Excerpt.of(node.toString()) + ".");
        }
        return new Row(where, node);
    }
}
