package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.data.ArrowForm;
import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.data.tokenized.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with what the user gives: exit code 2, one sentence that says what and where, and nothing half written. */
class BadInputTest {
    private static final String MATRIX = "model.layers.0.mlp.up_proj.weight";

    @TempDir
    static Path temporary;
    private static TinyExperiment whole;
    private static int copies;

    /**
     * @param prepare damages a copy of the experiment, or of its run
     * @param says what the sentence must contain
     */
    record Case(String name, Consumer<Path> prepare, List<String> says, List<String> options) {
        static Case of(String name, Consumer<Path> prepare, String... says) {
            return new Case(name, prepare, List.of(says), List.of());
        }

        static Case set(String setting, String... says) {
            return new Case("--set " + setting, folder -> { }, List.of(says), List.of("--set", setting));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void makeARun() {
        whole = TinyExperiment.in(temporary.resolve("whole"));
        assertEquals(0, ChildJvm.run(temporary, "train", whole.config(), "--to", whole.folder().resolve("run").toString()).exit());
    }

    static Stream<Case> weights() {
        return Stream.of(
            Case.of("weights cut short", folder -> Damage.truncate(weights(folder)), "model.safetensors", "do not lie within"),
            Case.of("weights of a few bytes", folder -> Damage.write(weights(folder), "abc"), "model.safetensors", "3 bytes"),
            Case.of("a header longer than the file", folder -> Damage.headerLength(weights(folder), 90_000_000), "90000000", "truncated"),
            Case.of("a header of absurd length", folder -> Damage.headerLength(weights(folder), Long.MAX_VALUE), "9223372036854775807"),
            Case.of("a header of negative length", folder -> Damage.headerLength(weights(folder), -2), "18446744073709551614"),
            Case.of("an offset past the end", folder -> Damage.header(weights(folder), header -> offsets(header, 0, 1L << 40)),
                MATRIX, "do not lie within"),
            Case.of("tensors that overlap", folder -> Damage.header(weights(folder), header -> offsets(header, 0, 2048)), "overlap"),
            Case.of("another shape than the configuration's",
                folder -> Damage.replace(folder.resolve("model/config.json"), "\"intermediate_size\" : 32", "\"intermediate_size\" : 40"),
                "proj.weight", "40"),
            Case.of("weights that are no numbers", folder -> Damage.lastFloat(weights(folder), Float.NaN), "not finite"),
            Case.of("no model", folder -> move(folder.resolve("model")), "model", "does not exist"),
            Case.of("no tokenizer", folder -> move(folder.resolve("model/tokenizer.json")), "tokenizer.json"),
            Case.of("a broken tokenizer", folder -> Damage.truncate(folder.resolve("model/tokenizer.json")), "tokenizer.json"),
            Case.of("a broken model configuration", folder -> Damage.truncate(folder.resolve("model/config.json")), "config.json"));
    }

    static Stream<Case> data() {
        return Stream.of(
            Case.of("no data file", folder -> move(folder.resolve("calm.jsonl")), "calm.jsonl"),
            Case.of("an empty data file", folder -> {
                Damage.write(folder.resolve("calm.jsonl"), "");
                Damage.write(folder.resolve("long.jsonl"), "");
            }, "pair"),
            Case.of("a broken line", folder -> Damage.replace(folder.resolve("long.jsonl"), "\n{", "\nno JSON {"), "long.jsonl:2"),
            Case.of("a line without a field", folder -> Damage.replace(folder.resolve("long.jsonl"), "\"rejected\"", "\"refused\""),
                "long.jsonl:1", "rejected"),
            Case.of("gzip cut short", folder -> {
                gzip(folder.resolve("long.jsonl"));
                Damage.truncate(folder.resolve("long.jsonl"));
            }, "long.jsonl", "gzip"),
            Case.of("gzip scratched", folder -> {
                gzip(folder.resolve("long.jsonl"));
                Damage.scratch(folder.resolve("long.jsonl"));
            }, "long.jsonl"));
    }

    static Stream<Case> runs() {
        return Stream.of(
            Case.of("tokenised data cut short", folder -> Damage.truncate(folder.resolve("run/data/train.arrow")), "train.arrow"),
            Case.of("a token beyond the vocabulary", folder -> {
                tokens(folder.resolve("run/data/train.arrow"), vocabulary(folder), 383);
                Damage.replace(folder.resolve("run/data/train.arrow"), new byte[] {0x7f, 1, 0, 0}, new byte[] {0x7f, 1, 0, 1});
            }, "train.arrow", "16777599"),
            Case.of("data of a larger vocabulary", folder -> tokens(
                folder.resolve("run/data/train.arrow"), new Vocabulary("another", 100_000, 0, 1), 5000), "train.arrow", "another model"),
            Case.of("a checkpoint cut short", folder -> Damage.truncate(checkpoint(folder, "parameters.safetensors")),
                "parameters.safetensors"),
            Case.of("a checkpoint of no numbers", folder -> Damage.lastFloat(checkpoint(folder, "optimizer.safetensors"), Float.NaN),
                "optimizer.safetensors", "not finite"),
            Case.of("a checkpoint of another shape", folder -> Damage.header(checkpoint(folder, "optimizer.safetensors"), header -> {
                ((ObjectNode) header.get("second_moment")).putArray("shape").add(1);
                ((ObjectNode) header.get("second_moment")).putArray("data_offsets").add(0).add(4);
                header.remove("first_moment");
            }), "optimizer.safetensors"),
            Case.of("a checkpoint without its state", folder -> move(checkpoint(folder, "state.json")), "state.json"),
            Case.of("metrics that are none", folder -> Damage.replace(folder.resolve("run/metrics.jsonl"), "\n{", "\n"),
                "line 2", "metrics.jsonl"));
    }

    static Stream<Case> settings() {
        return Stream.of(
            Case.set("trainig.steps=3", "trainig", "training"),
            Case.set("training.stesp=3", "stesp", "steps"),
            Case.set("training.steps=many", "training.steps", "many"),
            Case.set("training.steps=0", "steps"),
            Case.set("objective.kind=dop", "dop", "dpo"),
            Case.set("preference.fixed=[0.5,0.6]", "1.1"),
            Case.set("preference.fixed=[1.5,-0.5]", "-0.5"),
            Case.set("preference.fixed=[1]", "preference.fixed", "2"),
            Case.set("preference.vertex_probability=2", "2"),
            Case.set("adapter.rank=100", "rank 102", "at most 16"),
            Case.set("optimizer.beta1=1.5", "'optimizer'", "betas"),
            Case.set("optimizer.warmup=-1", "warm"),
            Case.set("data.max_response_tokens=50", "data.max_response_tokens", "16 and 50", "65 tokens", "64 positions"),
            Case.set("data.kind=safe_rlhf", "data.files"));
    }

    @ParameterizedTest
    @MethodSource({"weights", "data", "settings"})
    void ofATrainingThatBegins(Case bad) {
        Path folder = copy(bad);
        List<String> arguments = new ArrayList<>(
            List.of("train", folder.resolve("train.yaml").toString(), "--to", folder.resolve("new").toString()));
        arguments.addAll(bad.options);
        refuse(arguments, bad.says);
        assertTrue(Files.notExists(folder.resolve("new")), "nothing is begun");
    }

    @ParameterizedTest
    @MethodSource("runs")
    void ofATrainingThatGoesOn(Case bad) {
        Path run = copy(bad).resolve("run");
        Map<Path, String> before = Trees.digests(run);
        refuse(List.of("train", "--to", run.toString(), "--resume"), bad.says);
        assertEquals(before, Trees.digests(run));
    }

    static Stream<Arguments> places() {
        String config = whole.config();
        Path run = whole.folder().resolve("run");
        Path file = whole.folder().resolve("long.jsonl");
        Path nothing = whole.folder().resolve("nothing");
        return Stream.of(
            Arguments.of(List.of("train", config, "--to", file.resolve("run").toString()), "long.jsonl"),
            Arguments.of(List.of("train", config, "--to", file.toString()), "long.jsonl"),
            Arguments.of(List.of("train", config, "--to", run.toString()), "already holds a run"),
            Arguments.of(List.of("train", nothing.toString(), "--to", nothing.toString()), "does not exist"),
            Arguments.of(List.of("train", "--to", nothing.toString(), "--resume"), "holds no run"),
            Arguments.of(List.of("train", "--to", nothing.toString()), "CONFIG"),
            Arguments.of(List.of("train", config), "--to"),
            Arguments.of(List.of("trian", config), "train"),
            Arguments.of(List.of("evaluate", nothing.toString()), "holds no run"),
            Arguments.of(List.of("data", "show", nothing + ".arrow"), "does not exist"),
            Arguments.of(List.of("generate", run.toString(), "--preference", "0.7,0.7", "--prompt", "no"), "1.4"));
    }

    @ParameterizedTest
    @MethodSource("places")
    void ofACommandLine(List<String> arguments, String says) {
        refuse(arguments, List.of(says));
        assertTrue(Files.notExists(whole.folder().resolve("nothing")));
    }

    private static void refuse(List<String> arguments, List<String> says) {
        ChildJvm.Ended ended = ChildJvm.runBriefly(temporary, arguments.toArray(String[]::new));
        String printed = String.join("\n", ended.err());
        String last = ended.err().isEmpty() ? "" : ended.err().getLast();
        assertAll(printed,
            () -> assertEquals(2, ended.exit()),
            () -> assertEquals(List.of(), ended.out()),
            () -> assertEquals(1, ended.err().stream().filter(line -> line.startsWith("panacea: ")).count()),
            () -> assertTrue(last.startsWith("panacea: "), "the sentence comes last"),
            () -> assertTrue(ended.err().stream().noneMatch(line -> line.matches("\\s+at .*|.*[a-z]Exception.*")), "no exception shows"),
            () -> says.forEach(part -> assertTrue(last.contains(part), () -> "'" + part + "' is not in: " + last)));
    }

    private static Path copy(Case bad) {
        Path folder = Trees.copy(whole.folder(), temporary.resolve("copy-" + copies++));
        bad.prepare.accept(folder);
        return folder;
    }

    private static Path weights(Path folder) {
        return folder.resolve("model/model.safetensors");
    }

    private static Path checkpoint(Path folder, String file) {
        return folder.resolve("run/checkpoints/step-000030").resolve(file);
    }

    private static void offsets(ObjectNode header, long begin, long end) {
        ((ArrayNode) header.get(MATRIX).get("data_offsets")).removeAll().add(begin).add(end);
    }

    private static void move(Path away) {
        try {
            Files.move(away, away.resolveSibling("moved-away"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void gzip(Path file) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
                Files.copy(file, zip);
            }
            Files.write(file, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Vocabulary vocabulary(Path folder) {
        try (TokenizedPairs pairs = TokenizedPairs.open(folder.resolve("run/data/train.arrow"))) {
            return pairs.header().vocabulary();
        }
    }

    /** Pairs of the tokens 2 to 4 but for one other. */
    private static void tokens(Path file, Vocabulary vocabulary, int other) {
        PreferenceSet pairs = new PreferenceSet(List.of("long", "calm"), IntStream.range(0, 8)
            .mapToObj(i -> new PreferencePair("pair " + i, "a", "b", i == 5 ? "d" : "c", new byte[] {1, -1})).toList());
        Tokenizing tokenizing = new Tokenizing(text -> new int[] {text.equals("d") ? other : text.charAt(0) - 'a' + 2},
            vocabulary, new TokenLimits(16, 32));
        TokenizedPairs.write(pairs, tokenizing, file, ArrowForm.FILE);
    }
}
