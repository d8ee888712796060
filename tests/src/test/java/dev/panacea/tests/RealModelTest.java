package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line on a trained model and human judgements: a few steps, and everything that a run leaves behind. */
class RealModelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 4;
    private static final int GRID = 3;

    @TempDir
    Path temporary;

    @Test
    void aShortTrainingLeavesACompleteRun() throws IOException {
        String fixtures = System.getenv("PANACEA_FIXTURES");
        assumeTrue(fixtures != null && Files.exists(Path.of(fixtures, "tinystories-656k")),
            "needs tinystories-656k and helpsteer2 of the fixtures: set PANACEA_FIXTURES to their folder");
        Path config = Files.writeString(temporary.resolve("train.yaml"), """
            model: {folder: %1$s/tinystories-656k, leading_space: false}
            data:
              kind: attributes
              dimensions:
                - {name: coherence, file: %1$s/helpsteer2/coherence_eval.jsonl.gz}
                - {name: simplicity, file: %1$s/helpsteer2/complexity_eval.jsonl.gz, attribute: complexity, reversed: true}
              held_out: 0.2
              max_prompt_tokens: 24
              max_response_tokens: 40
            optimizer: {learning_rate: 1e-3}
            training: {steps: %2$d, batch: 8, checkpoint_every: 2}
            evaluation: {control: true, grid_points: %3$d, training_items: 16}
            """.formatted(fixtures, STEPS, GRID));
        Path run = temporary.resolve("run");
        ChildJvm.Ended ended = ChildJvm.run(temporary, "train", config.toString(), "--to", run.toString(), "--json");
        assertEquals(0, ended.exit(), () -> String.join("\n", ended.err()));
        assertEquals(1, ended.out().size());
        JsonNode summary = JSON.readTree(run.resolve("summary.json").toFile());
        assertEquals(JSON.readTree(ended.out().getFirst()), summary);

        RunContents.requireWhole(run);
        checkMetrics(Files.readAllLines(run.resolve("metrics.jsonl")));
        checkSummary(summary);
        checkFront(JSON.readTree(run.resolve("front.json").toFile()), summary);
        for (String file : List.of("config.yaml", "checkpoints/step-000002/state.json", "checkpoints/step-000004/optimizer.safetensors",
            "data/train.arrow", "data/held-out.arrow", "control/checkpoints/step-000004/parameters.safetensors")) {
            assertTrue(Files.exists(run.resolve(file)), file);
        }
        for (String picture : List.of("front.png", "curves.png")) {
            BufferedImage image = ImageIO.read(run.resolve(picture).toFile());
            assertEquals(List.of(1600, 1000), List.of(image.getWidth(), image.getHeight()), picture);
        }
    }

    /** An untrained adapter is nothing, so the policy is its own reference and every loss is ln 2. */
    private static void checkMetrics(List<String> lines) throws IOException {
        assertEquals(STEPS, lines.size());
        double[] first = numbers(JSON.readTree(lines.getFirst()).get("loss"));
        assertEquals(2, first.length);
        for (double loss : first) {
            assertEquals(Math.log(2), loss, 1e-6);
        }
        for (int step = 1; step <= STEPS; step++) {
            JsonNode line = JSON.readTree(lines.get(step - 1));
            assertEquals(step, line.get("step").asLong());
            assertEquals(1, StreamSupport.stream(line.get("lambda").spliterator(), false).mapToDouble(JsonNode::asDouble).sum(), 1e-12);
            assertTrue(line.get("gradient_norm").asDouble() > 0 && line.get("tokens").asLong() > 0 && line.get("seconds").asDouble() > 0);
        }
    }

    private static void checkSummary(JsonNode summary) {
        assertEquals(List.of("seed", "device", "precision", "seconds", "tokens_per_second", "peak_bytes", "planned_peak_bytes", "split",
            "dimensions", "lambda_grid", "loss", "accuracy", "margin", "hypervolume", "hypervolume_base", "hypervolume_fixed_lambda",
            "reference_point", "kendall", "inner_product", "sparsity", "spacing", "training"),
            summary.propertyStream().map(Map.Entry::getKey).toList());
        assertEquals(17, summary.get("seed").asLong());
        assertEquals("host", summary.get("device").asText());
        assertEquals("float32", summary.get("precision").asText());
        assertEquals("held-out", summary.get("split").asText());
        assertEquals("[\"coherence\",\"simplicity\"]", summary.get("dimensions").toString());
        assertEquals("[[0.0,1.0],[0.5,0.5],[1.0,0.0]]", summary.get("lambda_grid").toString());
        for (String table : List.of("loss", "accuracy", "margin")) {
            assertEquals(GRID, summary.get(table).size(), table);
            summary.get(table).forEach(row -> assertEquals(2, numbers(row).length, table));
        }
        for (String positive : List.of("seconds", "tokens_per_second", "peak_bytes", "hypervolume", "hypervolume_base",
            "hypervolume_fixed_lambda")) {
            assertTrue(summary.get(positive).isNumber() && summary.get(positive).asDouble() > 0, positive);
        }
        for (String number : List.of("inner_product", "sparsity", "spacing")) {
            assertTrue(summary.get(number).isNumber(), number);
        }
        assertEquals(2, numbers(summary.get("reference_point")).length);
        assertEquals(2, numbers(summary.get("kendall")).length);
        assertEquals(List.of("loss", "accuracy", "hypervolume", "hypervolume_base", "hypervolume_fixed_lambda", "reference_point",
            "kendall"), summary.get("training").propertyStream().map(Map.Entry::getKey).toList());
    }

    private static void checkFront(JsonNode front, JsonNode summary) {
        assertEquals(summary.get("dimensions"), front.get("dimensions"));
        for (int point = 0; point < GRID; point++) {
            assertEquals(summary.get("lambda_grid").get(point), front.get("points").get(point).get("preference"));
            assertEquals(summary.get("loss").get(point), front.get("points").get(point).get("loss"));
        }
    }

    private static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).peek(value -> assertTrue(value.isNumber()))
            .mapToDouble(JsonNode::asDouble).toArray();
    }
}
