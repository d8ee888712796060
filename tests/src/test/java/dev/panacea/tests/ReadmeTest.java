package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command that README.md shows is run, one after the other, in a folder that holds what the README says: its configuration,
 * and a small model and data of those names. What would take long is told to do less by options that its users have too.
 */
class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("^```([a-z]*)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern INLINE = Pattern.compile("`bin/panacea ([^`]+)`");
    private static final Pattern CALL = Pattern.compile("^\\s*(\\$ )?(\\w+=\\S+ )*(\\./)?(bin/)?panacea (.*)$");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
    private static final Pattern END = Pattern.compile("\\s+(#|\\||>|2>|&&|;).*$");
    private static final List<String> LESS_TRAINING = List.of("--set", "training.steps=2", "--set", "evaluation.grid_points=2");
    private static final List<String> FEWER_PROMPTS = List.of("--prompts", "40");
    private static final List<String> SHORTER_DATA = List.of("--set", "data.max_prompt_tokens=8", "--set", "data.max_response_tokens=8",
        "--set", "data.held_out=0.05", "--set", "evaluation.training_items=10");

    @TempDir
    static Path temporary;
    private static Path folder;

    @BeforeAll
    static void layOutWhatTheReadmeNames() throws IOException {
        TinyExperiment experiment = TinyExperiment.in(temporary.resolve("experiment"));
        folder = Files.createDirectories(temporary.resolve("user"));
        Files.move(experiment.model(), folder.resolve("my-llama"));
        Files.move(experiment.folder().resolve("calm.jsonl"), folder.resolve("helpful.jsonl"));
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("brief.jsonl.gz")))) {
            Files.copy(experiment.folder().resolve("long.jsonl"), gzip);
        }
        // the small model has fewer positions and smaller matrices than the defaults are for
        Files.writeString(folder.resolve("config.yaml"), blocks(readme(), "yaml").getFirst()
            .replace("data:\n", "data:\n  max_prompt_tokens: 16\n  max_response_tokens: 32\n") + "adapter: {rank: 2}\n");
    }

    @TestFactory
    Stream<DynamicTest> everyCommandEndsWell() {
        List<List<String>> commands = commands(readme());
        assertTrue(commands.size() > 8, () -> "only " + commands);
        return commands.stream().distinct().map(words -> DynamicTest.dynamicTest(String.join(" ", words), () -> {
            assumeTrue(!words.contains("--fixtures") || fixtures() != null, "needs the fixtures: set PANACEA_FIXTURES to their folder");
            assumeTrue(!words.contains("simulate") || Kernels.carryPtx(), "this build carries no PTX to simulate");
            List<String> all = new ArrayList<>(words);
            all.replaceAll(word -> word.equals("fixtures") ? Path.of(fixtures()).toAbsolutePath().toString() : word);
            all.addAll(less(words));
            ChildJvm.Ended ended = ChildJvm.runIn(folder, temporary, all.toArray(String[]::new));
            assertEquals(0, ended.exit(), () -> String.join("\n", ended.err()));
            assertFalse(ended.out().isEmpty());
        }));
    }

    /** What the test adds to a command, so that it ends soon. */
    private static List<String> less(List<String> words) {
        List<String> less = new ArrayList<>();
        // a run that is gone on with keeps its settings
        if (words.getFirst().equals("demo") || words.getFirst().equals("train") && !words.contains("--resume")) {
            less.addAll(LESS_TRAINING);
        }
        if (words.getFirst().equals("demo")) {
            less.addAll(words.contains("--fixtures") ? SHORTER_DATA : FEWER_PROMPTS);
        }
        return less;
    }

    @Test
    void commandsAreFoundAsAShellWouldReadThem() {
        String text = "Run\n```sh\n$ bin/panacea generate run --prompt \"a b\" \\\n  --preference 0.7,0.3   # says\nls\n```\n"
            + "and `bin/panacea evaluate x` or `panacea y`\n```\npanacea doctor | head\nPANACEA_THREADS=2 bin/panacea demo && ls\n```\n";
        assertEquals(List.of(List.of("generate", "run", "--prompt", "a b", "--preference", "0.7,0.3"), List.of("doctor"), List.of("demo"),
            List.of("evaluate", "x")), commands(text));
    }

    /** The words after the program's name, of each line in a code block that calls it, and of each call within the text. */
    private static List<List<String>> commands(String text) {
        List<List<String>> commands = new ArrayList<>();
        for (String block : blocks(text, "")) {
            for (String line : block.replaceAll("\\\\\\n\\s*", " ").split("\n")) {
                Matcher call = CALL.matcher(line);
                if (call.matches()) {
                    commands.add(words(END.matcher(call.group(5)).replaceFirst("")));
                }
            }
        }
        INLINE.matcher(text).results().forEach(call -> commands.add(words(call.group(1))));
        return commands;
    }

    /** The contents of code blocks in a language; of all for "". */
    private static List<String> blocks(String text, String language) {
        return BLOCK.matcher(text).results().filter(block -> language.isEmpty() || block.group(1).equals(language))
            .map(block -> block.group(2)).toList();
    }

    private static List<String> words(String command) {
        return WORD.matcher(command).results()
            .map(word -> Stream.of(1, 2, 3).map(word::group).filter(text -> text != null).findFirst().orElseThrow()).toList();
    }

    private static String fixtures() {
        return System.getenv("PANACEA_FIXTURES");
    }

    private static String readme() {
        try {
            return Files.readString(Repository.root().resolve("README.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
