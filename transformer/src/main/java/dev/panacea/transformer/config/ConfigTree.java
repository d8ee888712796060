package dev.panacea.transformer.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Strict configuration: what the user wrote (YAML or JSON, plus {@code a.b=c} overrides) laid over a record of defaults.
 *
 * <p>A component {@code learningRate} is the key {@code learning_rate}. Components may be booleans, numbers, text, paths, enums
 * (lower-case, hyphens or underscores), nested records, and lists, string-keyed maps or {@code Optional}s of these. A list
 * replaces its default; a map is laid over it key by key, and an empty value removes a key. Anything else is refused with the
 * key's path.
 */
public final class ConfigTree {
    private static final ObjectMapper JSON = strict(JsonMapper.builder().build());
    private static final ObjectMapper YAML = strict(new YAMLMapper(new YAMLFactory()
        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
        .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)));

    private ConfigTree() { }

    private static ObjectMapper strict(ObjectMapper mapper) {
        mapper.getFactory().configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature(), true);
        return mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /**
     * {@code defaults} with the file's values and then the overrides laid over them.
     *
     * @throws BadInputException naming file, key path and cause, for anything unknown, ill-typed or refused by a record
     */
    public static <T extends Record> T read(T defaults, Path file, List<String> overrides) {
        return read(defaults, parse(file), overrides, file.getFileName().toString());
    }

    /** {@link #read(Record, Path, List)} of a tree already parsed; {@code what} names it in messages. An empty tree is all defaults. */
    public static <T extends Record> T read(T defaults, JsonNode tree, List<String> overrides, String what) {
        JsonNode given = tree.isMissingNode() || tree.isNull() ? JsonNodeFactory.instance.objectNode() : tree;
        if (!(given instanceof ObjectNode object)) {
            throw new BadInputException(what + " must hold keys and values at its top, not " + RecordBinder.describe(tree));
        }
        return new RecordBinder(what).bind(ConfigOverrides.apply(object, overrides), defaults);
    }

    /** The tree in a YAML or (by its ending) JSON file; a key given twice is refused. */
    public static JsonNode parse(Path file) {
        try {
            return mapper(file).readTree(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new BadInputException("the file " + file + " does not exist", e);
        } catch (JsonProcessingException e) {
            throw new BadInputException(file + " cannot be read" + place(e) + ": " + firstLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new BadInputException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The YAML value in a piece of text, as a command line gives one. */
    static JsonNode parseValue(String text) throws JsonProcessingException {
        return YAML.readTree(text);
    }

    /** All values of {@code record} as a tree; nulls and empty optionals are left out. */
    public static ObjectNode toTree(Record record) {
        return RecordTree.of(record);
    }

    /** Writes {@code record} so that {@link #read} gives it back: JSON when the name ends so, else YAML. */
    public static void write(Record record, Path file) {
        write(toTree(record), file);
    }

    /** {@code record} as YAML text, every key written out. */
    public static String toYaml(Record record) {
        return text(toTree(record), YAML.writer());
    }

    /** Writes a tree as indented JSON when the file's name ends so, else as YAML. */
    public static void write(JsonNode tree, Path file) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        String text = isJson(file) ? text(tree, JSON.writer(printer)) + "\n" : text(tree, YAML.writer());
        AtomicFile.write(file, sink -> sink.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(JsonNode tree, ObjectWriter writer) {
        try {
            return writer.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a tree that cannot be written", e);
        }
    }

    private static ObjectMapper mapper(Path file) {
        return isJson(file) ? JSON : YAML;
    }

    private static boolean isJson(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".json");
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    }

    private static String firstLine(String message) {
        return message == null ? "not well-formed" : message.lines().findFirst().orElse("not well-formed");
    }
}
