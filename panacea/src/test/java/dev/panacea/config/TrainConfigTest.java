package dev.panacea.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.data.source.AttributePairs;
import dev.panacea.data.source.ChosenRejected;
import dev.panacea.data.source.HhRlhf;
import dev.panacea.data.source.PreferenceSource;
import dev.panacea.data.source.SafeRlhf;
import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.preference.SmoothTchebycheff;
import dev.panacea.preference.Tchebycheff;
import dev.panacea.runtime.BadInputException;
import dev.panacea.transformer.config.ConfigTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainConfigTest {
    private static final String DIMENSIONS = """
        dimensions:
          - {name: helpful, file: /data/helpful.jsonl}
          - {name: brief, file: /data/verbosity.jsonl, attribute: verbosity, reversed: true}
        """.indent(2);

    @TempDir
    private Path folder;

    private TrainConfig read(String yaml, String... overrides) throws IOException {
        return TrainConfig.read(Files.writeString(folder.resolve("train.yaml"), yaml), List.of(overrides));
    }

    @Test
    void whatIsWrittenOutIsReadBack() throws IOException {
        TrainConfig config = read("seed: 3\nmodel: {folder: /models/small}\ndata:\n  kind: attributes\n" + DIMENSIONS
            + "adapter: {rank: 4, layers: [{range: \"0-1\", rank: 2}]}\npreference: {fixed: [0.25, 0.75]}\n");
        assertEquals(config, read(ConfigTree.toYaml(config)));
        assertEquals(3, config.seed());
        assertEquals(4, config.adapter().rank());
        assertEquals(TrainConfig.defaults().optimizer(), config.optimizer());
    }

    @Test
    void overridesComeLast() throws IOException {
        TrainConfig config = read("seed: 3\ntraining: {steps: 5, batch: 2}\nobjective: {kind: sft}\n", "training.steps=9",
            "objective.scalarization=smooth-tchebycheff", "objective.smoothing=0.5", "preference.fixed=[0.25, 0.75]");
        assertEquals(9, config.training().steps());
        assertEquals(2, config.training().batch());
        assertEquals(ObjectiveConfig.Kind.SFT, config.objective().kind());
        assertEquals(new SmoothTchebycheff(0.5), config.objective().scalarize());
        assertEquals(new PreferenceSampler.Fixed(Preference.of(0.25, 0.75)), config.preference().sampler(1, 2));
        assertEquals(new Tchebycheff(), read("", "objective.scalarization=tchebycheff").objective().scalarize());
    }

    @ParameterizedTest
    @CsvSource({"training.stepz=9,stepz", "training.steps=0,at least 1", "objective.beta=-1,beta", "data.held_out=1,held_out",
        "optimizer.learning_rate=fast,learning_rate", "evaluation.grid_points=1,grid_points"})
    void aKeyOrValueThatDoesNotFitIsNamed(String override, String named) {
        String message = assertThrows(BadInputException.class, () -> read("", override)).getMessage();
        assertTrue(message.contains(named), message);
    }

    @Test
    void aFixedPreferenceOfAnotherLengthIsRefused() throws IOException {
        PreferenceConfig fixed = read("preference: {fixed: [0.25, 0.75]}\n").preference();
        assertTrue(assertThrows(BadInputException.class, () -> fixed.sampler(1, 3)).getMessage().contains("preference.fixed"));
    }

    @Test
    void everyKindOfDataHasItsSource() throws IOException {
        assertEquals(HhRlhf.class, source("hh-rlhf", DIMENSIONS).getClass());
        assertEquals(ChosenRejected.class, source("pairs", DIMENSIONS).getClass());
        assertEquals(SafeRlhf.class, source("safe-rlhf", "  files: [/data/train.jsonl]\n").getClass());
        AttributePairs attributes = (AttributePairs) source("attributes", DIMENSIONS);
        assertEquals(new AttributePairs.Attribute("verbosity", "brief", Path.of("/data/verbosity.jsonl"), true),
            attributes.attributes().get(1));
    }

    private PreferenceSource source(String kind, String rest) throws IOException {
        return read("data:\n  kind: " + kind + "\n" + rest).data().source();
    }

    @ParameterizedTest
    @CsvSource({"pairs,data.dimensions", "attributes,data.dimensions", "hh-rlhf,data.dimensions", "safe-rlhf,data.files"})
    void aKindWithoutItsFilesIsRefused(String kind, String key) {
        assertTrue(assertThrows(BadInputException.class, () -> source(kind, "")).getMessage().contains(key));
    }
}
