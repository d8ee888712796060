package dev.panacea.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.evaluation.FrontComparison;
import dev.panacea.evaluation.FrontPoint;
import dev.panacea.evaluation.ParetoFront;
import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {

    private static final Summary.Training COST = new Summary.Training(7, "host", "bf16", 61.5, 1234.5, 1L << 33, 1L << 32);
    private static final FrontPoint BASE = point("0.5,0.5", 0.69, 0.69);

    @TempDir
    Path temporary;

    @Test
    void writesEveryFieldInSnakeCaseAndReadsItBack() throws Exception {
        ParetoFront front = new ParetoFront(List.of("helpful", "harmless"), List.of(point("0,1", 0.7, 0.5), point("1,0", 0.4, 0.6)));
        Summary summary = Summary.of(COST, FrontComparison.of(front, BASE, Optional.empty()), Optional.empty());
        Path file = temporary.resolve("summary.json");
        summary.write(file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals(List.of("seed", "device", "precision", "seconds", "tokens_per_second", "peak_bytes", "planned_peak_bytes",
            "split", "dimensions", "lambda_grid", "loss", "accuracy", "margin", "hypervolume", "hypervolume_base",
            "hypervolume_fixed_lambda", "reference_point", "kendall", "inner_product", "sparsity", "spacing", "training"),
            json.propertyStream().map(Map.Entry::getKey).toList());
        assertEquals("held-out", json.get("split").asText());
        assertTrue(json.get("hypervolume_fixed_lambda").isNull() && json.get("training").isNull());
        assertTrue(json.get("hypervolume").asDouble() > json.get("hypervolume_base").asDouble());
        assertEquals(0.6, json.get("loss").get(1).get(1).asDouble());

        Files.writeString(temporary.resolve("config.yaml"), "");
        Summary read = RunFolder.open(temporary).summary();
        assertEquals(summary.lambdaGrid(), read.lambdaGrid());
        assertEquals(summary.peakBytes(), read.peakBytes());
        assertArrayEquals(new double[] {1, 1}, read.kendall());
        assertArrayEquals(summary.referencePoint(), read.referencePoint());
    }

    @Test
    void theTrainingItemsHaveTheirOwnReferencePoint() {
        ParetoFront heldOut = new ParetoFront(List.of("a", "b"), List.of(point("0,1", 0.7, 0.5), point("1,0", 0.4, 0.6)));
        ParetoFront training = new ParetoFront(List.of("a", "b"), List.of(point("0,1", 0.6, 0.2), point("1,0", 0.3, 0.1)));
        Summary.OnTraining onTraining = Summary.of(COST, FrontComparison.of(heldOut, BASE, Optional.of(heldOut)),
            Optional.of(FrontComparison.of(training, BASE, Optional.of(training)))).training();
        assertArrayEquals(new double[] {0.6, 0.2}, onTraining.loss().getFirst());
        assertArrayEquals(new double[] {1, -1}, onTraining.kendall());
        // Worst of all (−0.69, −0.69) less a tenth of the ranges 0.39 and 0.59.
        assertArrayEquals(new double[] {-0.729, -0.749}, onTraining.referencePoint(), 1e-15);
        assertEquals(0.429 * 0.649, onTraining.hypervolume(), 1e-14);
        assertEquals(onTraining.hypervolume(), onTraining.hypervolumeFixedLambda());
    }

    @Test
    void anUnevaluatedRunHasNone() throws Exception {
        Files.writeString(temporary.resolve("config.yaml"), "");
        assertThrows(BadInputException.class, () -> RunFolder.open(temporary).summary());
        assertThrows(BadInputException.class, () -> RunFolder.open(temporary).front());
    }

    private static FrontPoint point(String preference, double... loss) {
        return new FrontPoint(Preference.parse(preference), loss, new double[] {1, 2}, new double[] {0.5, 1});
    }
}
