package dev.panacea.transformer.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.BadInputException;
import dev.panacea.transformer.config.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterLayoutTest {
    private static final LlamaConfig LLAMA_7B = config(4096, 11008, 32, 32, 32, 32000);
    private static final LlamaConfig SMALL = config(64, 96, 6, 4, 2, 100);

    @TempDir
    private Path folder;

    @Test
    void countsThePublishedSettingOfLlama7b() {
        AdapterPlan plan = AdapterLayout.DEFAULT.resolve(LLAMA_7B, 2);
        assertEquals(24_987_616, plan.parameterCount());
        assertEquals(24_987_616L * 4, plan.bytes());
        assertEquals(24_987_616L * 16, plan.trainingBytes());
        assertEquals(32 * 7, plan.matrices().size());
        assertEquals(64f, plan.multiplier(plan.matrices().getFirst()));
    }

    @Test
    void knowsTheShapesOfGroupedQueryAttention() {
        List<AdaptedMatrix> matrices = AdapterLayout.DEFAULT.resolve(SMALL, 3).matrices();
        assertEquals(new AdaptedMatrix(0, Projection.Q, 64, 64, 8, 3), matrices.get(0));
        assertEquals(new AdaptedMatrix(0, Projection.K, 64, 32, 8, 3), matrices.get(1));
        assertEquals(new AdaptedMatrix(0, Projection.DOWN, 96, 64, 8, 3), matrices.get(6));
        assertEquals(5, matrices.getLast().layer());
    }

    @Test
    void laterRulesOverrideEarlierOnes() throws IOException {
        AdapterPlan plan = read("""
            rank: 6
            projections: [q, v]
            layers:
              - {range: all, rank: 4}
              - {range: "0-1", projections: [v, down], rank: 2, preference: false}
              - {range: "4-", projections: [q], rank: 0}
              - {range: "5", projections: [o]}
            """).resolve(SMALL, 2);
        assertEquals(List.of(
            new AdaptedMatrix(0, Projection.Q, 64, 64, 4, 2), new AdaptedMatrix(0, Projection.V, 64, 32, 2, 0),
            new AdaptedMatrix(0, Projection.DOWN, 96, 64, 2, 0),
            new AdaptedMatrix(1, Projection.Q, 64, 64, 4, 2), new AdaptedMatrix(1, Projection.V, 64, 32, 2, 0),
            new AdaptedMatrix(1, Projection.DOWN, 96, 64, 2, 0),
            new AdaptedMatrix(2, Projection.Q, 64, 64, 4, 2), new AdaptedMatrix(2, Projection.V, 64, 32, 4, 2),
            new AdaptedMatrix(3, Projection.Q, 64, 64, 4, 2), new AdaptedMatrix(3, Projection.V, 64, 32, 4, 2),
            new AdaptedMatrix(4, Projection.V, 64, 32, 4, 2),
            new AdaptedMatrix(5, Projection.V, 64, 32, 4, 2), new AdaptedMatrix(5, Projection.O, 64, 64, 6, 2)), plan.matrices());
        assertEquals(2 * (64 + 32) + 2, plan.matrices().get(1).parameterCount());
        assertEquals(128f, plan.multiplier(plan.matrices().get(0)));
    }

    @Test
    void printsAlikeLayersOnce() throws IOException {
        String table = read("{projections: [q], layers: [{range: '0', rank: 4}]}").resolve(SMALL, 2).table();
        assertEquals(List.of("layers", "0", "1-5", "total:"), table.lines().map(line -> line.split("\\s+")[0]).toList());
        assertTrue(table.contains("6,"), table);
        JsonNode tree = AdapterLayout.DEFAULT.resolve(SMALL, 2).toTree();
        assertEquals(42, tree.get("matrices").size());
        assertEquals("gate", tree.at("/matrices/4/projection").textValue());
        assertEquals(AdapterLayout.DEFAULT.resolve(SMALL, 2).parameterCount(), tree.get("parameters").longValue());
    }

    @Test
    void refusesWhatDoesNotFitTheModel() throws IOException {
        refused("layers: [{range: '0-6'}]", "the layers 0-5");
        refused("layers: [{range: '3-1'}]", "'3-1'");
        refused("layers: [{range: 'some'}]", "none of the forms");
        refused("rank: 31", "layer 0 K would have rank 33");
        refused("preference: false", "no matrix carries preference entries");
        refused("projections: []", "no matrix carries preference entries");
        refused("layers: [{projections: [q]}]", "'layers[0].range' is missing");
        refused("layers: [{range: all, rank: -1}]", "'layers[0]': rank must not be negative");
        refused("layers: [{range: all, ranks: 1}]", "did you mean 'rank'?");
        refused("projections: [query]", "'projections[0]' must be one of q, k, v, o, gate, up, down");
        refused("alpha: 0", "alpha must be positive");
    }

    private void refused(String yaml, String reason) throws IOException {
        BadInputException e = assertThrows(BadInputException.class, () -> read(yaml).resolve(SMALL, 2), yaml);
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    private AdapterLayout read(String yaml) throws IOException {
        return AdapterLayout.read(Files.writeString(folder.resolve("layout.yaml"), yaml), List.of());
    }

    private static LlamaConfig config(int hidden, int intermediate, int layers, int heads, int kvHeads, int vocabulary) {
        return new LlamaConfig(hidden, intermediate, layers, heads, kvHeads, hidden / heads, vocabulary, 128, 1e-5, 10000,
            new RotaryScaling.None(), false, OptionalInt.empty(), List.of());
    }
}
