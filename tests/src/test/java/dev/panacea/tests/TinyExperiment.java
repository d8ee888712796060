package dev.panacea.tests;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.TrainableLlama;
import dev.panacea.transformer.tokenizer.BytePairTrainer;
import dev.panacea.transformer.weights.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All that a training run needs, made from a seed in one folder: a Llama of random weights in {@code model/}, preferences for
 * long and for calm answers in {@code long.jsonl} and {@code calm.jsonl}, and {@code train.yaml}.
 */
record TinyExperiment(Path folder) {
    private static final int PAIRS = 72;
    private static final List<String> WORDS = List.of("river", "stone", "light", "under", "quiet", "morning", "seldom", "walks", "the",
        "a", "bright", "yellow", "house", "sings", "and", "falls", "over", "water!", "wind!", "never", "again!");

    /** What the shape is; a vocabulary with room for the learnt one. */
    static final LlamaConfig SHAPE = new LlamaConfig(16, 32, 2, 2, 1, 8, 384, 64, 1e-5, 10_000, new RotaryScaling.None(), true,
        OptionalInt.of(0), List.of(1));

    private static final String CONFIG = """
        seed: 5
        model: {folder: model}
        data:
          kind: pairs
          dimensions:
            - {name: long, file: long.jsonl}
            - {name: calm, file: calm.jsonl}
          held_out: 0.2
          max_prompt_tokens: 16
          max_response_tokens: 32
        adapter: {rank: 2, alpha: 16}
        optimizer: {learning_rate: 0.01}
        training: {steps: 30, batch: 4, checkpoint_every: 4, keep_checkpoints: 2}
        evaluation: {grid_points: 5, training_items: 8, control: true}
        """;

    private record Pair(String prompt, String first, String second) { }

    static TinyExperiment in(Path folder) {
        try {
            Files.createDirectories(folder.resolve("model"));
            SplittableRandom random = new SplittableRandom(11);
            List<Pair> pairs = IntStream.range(0, PAIRS)
                .mapToObj(i -> new Pair("no " + i + " " + words(random, 4), words(random, 3 + i % 5), words(random, 8))).toList();
            writeJudgements(folder.resolve("long.jsonl"), pairs, Comparator.comparingInt(String::length));
            writeJudgements(folder.resolve("calm.jsonl"), pairs, Comparator.comparingLong(TinyExperiment::exclamations).reversed());
            writeModel(folder.resolve("model"), pairs);
            Files.writeString(folder.resolve("train.yaml"), CONFIG);
            return new TinyExperiment(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path model() {
        return folder.resolve("model");
    }

    String config() {
        return folder.resolve("train.yaml").toString();
    }

    Path weights() {
        return model().resolve("model.safetensors");
    }

    private static String words(SplittableRandom random, int count) {
        return IntStream.range(0, count).mapToObj(i -> WORDS.get(random.nextInt(WORDS.size()))).collect(Collectors.joining(" "));
    }

    private static long exclamations(String text) {
        return text.chars().filter(c -> c == '!').count();
    }

    /** A row for each pair that the order judges. */
    private static void writeJudgements(Path file, List<Pair> pairs, Comparator<String> better) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<String> lines = new ArrayList<>();
        for (Pair pair : pairs) {
            int order = better.compare(pair.first, pair.second);
            if (order != 0) {
                lines.add(json.createObjectNode().put("prompt", pair.prompt).put("chosen", order > 0 ? pair.first : pair.second)
                    .put("rejected", order > 0 ? pair.second : pair.first).toString());
            }
        }
        Files.write(file, lines);
    }

    private static void writeModel(Path folder, List<Pair> pairs) {
        List<String> texts = pairs.stream().map(pair -> pair.prompt + " " + pair.first + " " + pair.second).toList();
        Path tokenizer = folder.resolve("tokenizer.json");
        BytePairTrainer.train(texts, SHAPE.vocabularySize(), List.of("<s>", "</s>")).write(tokenizer, Optional.of("<s>"));
        try (HostDevice device = new HostDevice(1); MemoryScope memory = device.openScope("tiny model")) {
            TrainableLlama llama = new TrainableLlama(Kernels.on(device), memory, SHAPE);
            llama.initialize(new SplittableRandom(3), 0.2);
            ModelFolder.save(folder, SHAPE, name -> llama.parameters().master(name), Optional.of(tokenizer));
        }
    }
}
