package dev.panacea.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.config.DataConfig;
import dev.panacea.config.TrainConfig;
import dev.panacea.transformer.adapter.LayerRule;
import dev.panacea.transformer.config.ConfigTree;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README and docs say of keys, defaults, files and commands is so. */
class DocumentationTest {
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9_.\\[\\]]+)` \\|([^|]*)\\|", Pattern.MULTILINE);
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SOURCE = Pattern.compile("`([a-z]+/src/[^`]+\\.java)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+\\.md)\\)");

    @Test
    void everyKeyIsDocumentedWithItsDefault() {
        Map<String, String> documented = new TreeMap<>();
        Matcher rows = ROW.matcher(ProjectFiles.read("docs/configuration.md"));
        while (rows.find()) {
            documented.put(rows.group(1), rows.group(2).strip());
        }
        Map<String, JsonNode> defaults = new LinkedHashMap<>();
        collect("", ConfigTree.toTree(TrainConfig.defaults()), defaults);
        defaults.forEach((key, value) -> assertTrue(isWritten(value, documented.get(key)),
            key + " is " + value + " but documented as " + documented.get(key)));
        TreeSet<String> keys = new TreeSet<>(defaults.keySet());
        keys.addAll(elements("data.dimensions",
            new DataConfig.Dimension("a", Optional.of(Path.of("b")), Optional.of("c"), Optional.of(true))));
        keys.addAll(elements("adapter.layers", new LayerRule("all", List.of(), Optional.of(1), Optional.of(true))));
        assertEquals(keys, new TreeSet<>(documented.keySet()));
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
        if (node.isObject()) {
            node.properties().forEach(entry ->
                collect(path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), leaves));
        } else {
            leaves.put(path, node);
        }
    }

    private static List<String> elements(String list, Record filled) {
        return ConfigTree.toTree(filled).properties().stream().map(entry -> list + "[]." + entry.getKey()).toList();
    }

    private static boolean isWritten(JsonNode value, String text) {
        if (text == null) {
            return false;
        }
        if (value.isNumber()) {
            return new BigDecimal(text).compareTo(value.decimalValue()) == 0;
        }
        return text.equals(value.isArray()
            ? StreamSupport.stream(value.spliterator(), false).map(JsonNode::asText).collect(Collectors.joining(", ", "[", "]"))
            : value.asText());
    }

    @Test
    void everyCommandLineParses() throws IOException {
        List<String> lines;
        try (Stream<Path> documents = Files.list(Path.of("..", "docs"))) {
            lines = Stream.concat(Stream.of("README.md"),
                    documents.map(file -> "docs/" + file.getFileName()).filter(name -> name.endsWith(".md")))
                .flatMap(name -> ProjectFiles.read(name).lines())
                .filter(line -> line.startsWith("bin/panacea ")).toList();
        }
        assertFalse(lines.isEmpty());
        lines.forEach(ShellWords::assertParses);
    }

    @Test
    void theConfigurationInTheReadmeIsOne(@TempDir Path folder) throws IOException {
        Matcher yaml = YAML.matcher(ProjectFiles.read("README.md"));
        assertTrue(yaml.find());
        Path file = Files.writeString(folder.resolve("config.yaml"), yaml.group(1));
        TrainConfig config = TrainConfig.read(file, List.of());
        assertEquals(List.of("helpful", "brief"), config.data().source().dimensions());
    }

    @Test
    void namedFilesExist() {
        String readme = ProjectFiles.read("README.md");
        Stream.concat(SOURCE.matcher(readme).results(), LINK.matcher(readme).results())
            .forEach(name -> assertTrue(Files.exists(Path.of("..", name.group(1))), name.group(1)));
    }
}
