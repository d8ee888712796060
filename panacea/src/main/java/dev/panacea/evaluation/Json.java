package dev.panacea.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.panacea.runtime.AtomicFile;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Records as JSON: snake_case names, every field needed, none unknown, numbers with every digit. */
public final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();

    private Json() {
    }

    /** Reads one record from a file; a file that is missing or holds something else is a {@link BadInputException}. */
    public static <T> T read(Path file, Class<T> type) {
        try {
            return MAPPER.readValue(Files.readAllBytes(file), type);
        } catch (JsonProcessingException e) {
            throw new BadInputException(file + " is no " + type.getSimpleName() + ": " + reason(e), e);
        } catch (IOException e) {
            throw new BadInputException(file + " cannot be read (" + IoReason.of(e) + "); check that it exists and is readable", e);
        }
    }

    /** Writes one record to a file, indented, whole or not at all. */
    public static void write(Path file, Object record) {
        byte[] text = bytes(record);
        AtomicFile.write(file, sink -> sink.write(text));
    }

    /** One record on one line, without its line end. */
    public static String line(Object record) {
        try {
            return MAPPER.writeValueAsString(record);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON form of " + record.getClass().getName(), e);
        }
    }

    /** Reads what {@link #line} wrote; anything else is a {@link BadInputException} that says why. */
    public static <T> T parse(String line, Class<T> type) {
        try {
            return MAPPER.readValue(line, type);
        } catch (JsonProcessingException e) {
            throw new BadInputException(reason(e), e);
        }
    }

    private static byte[] bytes(Object record) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON form of " + record.getClass().getName(), e);
        }
    }

    // A record that refuses its values says so best itself; Jackson's own text otherwise, without its source excerpt.
    private static String reason(JsonProcessingException e) {
        if (e instanceof JsonMappingException && e.getCause() instanceof BadInputException refused) {
            return refused.getMessage();
        }
        var place = e.getLocation();
        String where = place == null ? "" : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
        return e.getOriginalMessage() + where;
    }
}
