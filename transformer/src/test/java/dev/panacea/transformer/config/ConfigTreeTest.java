package dev.panacea.transformer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTreeTest {
    enum Schedule { COSINE, CONSTANT_WITH_WARMUP }

    record Optimizer(double learningRate, float weightDecay, Schedule schedule, Optional<Integer> warmupSteps) {
        Optimizer {
            if (learningRate <= 0) {
                throw new IllegalArgumentException("learning_rate must be positive, not " + learningRate);
            }
        }
    }

    record Source(String name, List<Double> weights, Optional<Path> file) { }

    record Train(int steps, long seed, boolean resume, Path output, Optimizer optimizer, List<Source> sources,
                 Map<String, Double> rewards) { }

    private static final Train DEFAULTS = new Train(100, 7, false, Path.of("runs"),
        new Optimizer(1e-3, 0.01f, Schedule.COSINE, Optional.empty()), List.of(), Map.of("length", 1.0));

    @TempDir
    private Path folder;

    @Test
    void nothingIsAllDefaults() throws IOException {
        assertEquals(DEFAULTS, read(""));
        assertEquals(DEFAULTS, read("optimizer:\n"));
    }

    @Test
    void laysTheFileOverTheDefaults() throws IOException {
        Train train = read("""
            steps: 1_000
            seed: 123456789012345
            output: /data/run 1
            optimizer:
              learning_rate: 1e-4
              schedule: Constant_With-Warmup
              warmup_steps: 3
            sources:
              - {name: a, weights: [0.5, 1]}
              - {name: b, file: b.jsonl}
            rewards: {helpful: 2}
            """);
        assertEquals(new Train(1000, 123456789012345L, false, Path.of("/data/run 1"),
            new Optimizer(1e-4, 0.01f, Schedule.CONSTANT_WITH_WARMUP, Optional.of(3)),
            List.of(new Source("a", List.of(0.5, 1.0), Optional.empty()), new Source("b", List.of(), Optional.of(Path.of("b.jsonl")))),
            Map.of("length", 1.0, "helpful", 2.0)), train);
    }

    @Test
    void laysOverridesOverTheFile() throws IOException {
        Train train = read("sources: [{name: a, weights: [1]}]\nsteps: 5", "steps=6", "optimizer.learning_rate=2e-5", "resume=true",
            "sources.0.name=007", "sources.0.weights=[3, 4]", "output=a=b", "rewards.length=", "optimizer.schedule=cosine",
            "sources.0.file=12");
        assertEquals(new Train(6, 7, true, Path.of("a=b"), new Optimizer(2e-5, 0.01f, Schedule.COSINE, Optional.empty()),
            List.of(new Source("007", List.of(3.0, 4.0), Optional.of(Path.of("12")))), Map.of()), train);
        assertEquals(Optional.empty(), read("sources: [{name: a, file: b}]", "sources.0.file=").sources().getFirst().file());
    }

    @Test
    void writesWhatItReads() throws IOException {
        Train train = new Train(3, -4, true, Path.of("x"), new Optimizer(1e-7, 1e-30f, Schedule.CONSTANT_WITH_WARMUP, Optional.of(1)),
            List.of(new Source("123", List.of(0.1), Optional.of(Path.of("true")))), Map.of("length", 2.5, "b c", 1.0));
        for (String name : List.of("t.yaml", "t.json")) {
            Path file = folder.resolve(name);
            ConfigTree.write(train, file);
            assertEquals(train, ConfigTree.read(DEFAULTS, file, List.of()), Files.readString(file));
        }
        assertFalse(ConfigTree.toTree(DEFAULTS).at("/optimizer").has("warmup_steps"));
    }

    @Test
    void namesUnknownKeysAndTheirNeighbours() {
        refused("optimizer: {learning_rat: 1}",
            "unknown key 'optimizer.learning_rat' in train.yaml; did you mean 'learning_rate'?");
        refused("learningRate: 1", "unknown key 'learningRate' in train.yaml; "
            + "the keys here are steps, seed, resume, output, optimizer, sources, rewards");
        refused("sources: [{name: a, wieghts: [1]}]",
            "unknown key 'sources[0].wieghts' in train.yaml; did you mean 'weights'?");
        refused("", "unknown key 'optimizer.lr' in the override 'optimizer.lr=1'; "
            + "the keys here are learning_rate, weight_decay, schedule, warmup_steps", "optimizer.lr=1");
    }

    @Test
    void namesWrongTypes() {
        refused("steps: many", "train.yaml: 'steps' must be a whole number, not the text \"many\"");
        refused("steps: 1.5", "train.yaml: 'steps' must be a whole number, not the number 1.5");
        refused("steps: 3000000000", "train.yaml: 'steps' must be a whole number from -2147483648 to 2147483647, not 3000000000");
        refused("steps:", "train.yaml: 'steps' must be a whole number, not nothing");
        refused("resume: 1", "train.yaml: 'resume' must be true or false, not the number 1");
        refused("output: 1", "train.yaml: 'output' must be text (put it in quotes), not the number 1");
        refused("optimizer: 1", "train.yaml: 'optimizer' must be a group of keys, not the number 1");
        refused("optimizer: {learning_rate: 1e-}", "train.yaml: 'optimizer.learning_rate' must be a number, not the text \"1e-\"");
        refused("optimizer: {weight_decay: 1e50}",
            "train.yaml: 'optimizer.weight_decay' must be a number of size at most 3.4028234663852886E38, not 1.0E50");
        refused("optimizer: {schedule: cosin}", "train.yaml: 'optimizer.schedule' must be one of cosine, constant-with-warmup, "
            + "not \"cosin\"; did you mean 'cosine'?");
        refused("sources: {a: 1}", "train.yaml: 'sources' must be a list, not a group of keys");
        refused("sources: [{weights: [1]}]", "train.yaml: 'sources[0].name' is missing");
        refused("sources: [{name: a, weights: [x]}]", "train.yaml: 'sources[0].weights[0]' must be a number, not the text \"x\"");
        refused("rewards: {a: []}", "train.yaml: 'rewards.a' must be a number, not a list");
        refused("[1]", "train.yaml must hold keys and values at its top, not a list");
        refused("optimizer: {learning_rate: -1}", "train.yaml, 'optimizer': learning_rate must be positive, not -1.0");
    }

    @Test
    void namesWrongOverrides() {
        refused("", "the override 'steps' is not of the form key.subkey=value", "steps");
        refused("", "the override 'steps=x': 'steps' must be a whole number, not the text \"x\"", "steps=x");
        refused("steps: 1", "the override 'steps.x=1' goes into 'steps', which is a single value", "steps.x=1");
        refused("sources: [{name: a}]", "the override 'sources.1.name=b' needs a list position from 0 to 0 where it says '1'",
            "sources.1.name=b");
    }

    @Test
    void refusesBrokenAndDoubtfulFiles() throws IOException {
        refusedAnywhere("steps: 1\nsteps: 2");
        refusedAnywhere("steps: [1");
        refusedAnywhere("steps: 1\n\tseed: 2");
        refusedAnywhere("steps: 1\n---\nsteps: 2");
        String alias = assertThrows(BadInputException.class, () -> read("steps: &x 1\nseed: *x")).getMessage();
        assertTrue(alias.endsWith("train.yaml uses the YAML alias *x at line 2; write the value out"), alias);
        Path missing = folder.resolve("none.yaml");
        assertEquals("the file " + missing + " does not exist",
            assertThrows(BadInputException.class, () -> ConfigTree.read(DEFAULTS, missing, List.of())).getMessage());
    }

    private void refusedAnywhere(String yaml) {
        String message = assertThrows(BadInputException.class, () -> read(yaml), yaml).getMessage();
        assertFalse(message.contains("\n"), message);
        assertTrue(message.contains("train.yaml cannot be read at line "), message);
    }

    private void refused(String yaml, String message, String... overrides) {
        assertEquals(message, assertThrows(BadInputException.class, () -> read(yaml, overrides), yaml).getMessage());
    }

    private Train read(String yaml, String... overrides) throws IOException {
        return ConfigTree.read(DEFAULTS, Files.writeString(folder.resolve("train.yaml"), yaml), List.of(overrides));
    }
}
