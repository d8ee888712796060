package dev.panacea.kernels.autotune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is chosen, with times that the test makes up, and how it is kept. */
class AutotuneTest {
    private static final String QUESTION = "a layer of 40 to 50 on a card";

    @TempDir
    private Path folder;

    /** Ways whose calls take times of their own, the same each time or one after another. */
    private static final class Ways {
        private final SequencedMap<String, Runnable> calls = new LinkedHashMap<>();
        private double time;
        private int measured;

        Ways with(String name, double... times) {
            int[] turn = {0};
            calls.put(name, () -> time = times[Math.min(turn[0]++, times.length - 1)]);
            return this;
        }

        double milliseconds(Runnable call) {
            measured++;
            call.run();
            return time;
        }

        String chosenBy(Autotune autotune, String question) {
            return autotune.choose(question, calls);
        }
    }

    private Path file() {
        return folder.resolve("choices.json");
    }

    private String choose(Ways ways) {
        return ways.chosenBy(new Autotune(ways::milliseconds, file()), QUESTION);
    }

    @Test
    void theQuickestByTheMedianIsChosenWhateverTheFirstCallsTake() {
        Ways ways = new Ways().with("slow", 3).with("quick", 90, 90, 2, 50, 2, 50, 2).with("late", 1, 1, 4);
        assertEquals("quick", choose(ways));
        assertEquals(3 * 7, ways.measured);
    }

    @Test
    void theEarlierStaysUnlessALaterIsWorthIt() {
        assertEquals("first", choose(new Ways().with("first", 1).with("second", 0.985)));
        Ways better = new Ways().with("first", 1).with("second", 0.97);
        assertEquals("second", better.chosenBy(new Autotune(better::milliseconds, folder.resolve("other.json")), QUESTION));
    }

    @Test
    void anAnswerHoldsInThisProcessAndTheNext() throws IOException {
        Ways first = new Ways().with("a", 2).with("b", 1);
        Autotune autotune = new Autotune(first::milliseconds, file());
        assertEquals("b", first.chosenBy(autotune, QUESTION));
        assertEquals("b", first.chosenBy(autotune, QUESTION));
        assertEquals(2 * 7, first.measured);
        assertEquals("{\n  \"" + QUESTION + "\": \"b\"\n}\n", Files.readString(file()));
        Ways next = new Ways().with("a", 1).with("b", 2);
        assertEquals("b", choose(next));
        assertEquals(0, next.measured);
        assertEquals("a", next.chosenBy(new Autotune(next::milliseconds, file()), "another card"));
    }

    @Test
    void whatIsNoChoiceIsLeftOut() throws IOException {
        Files.writeString(file(), "{\n  \"" + QUESTION + "\": \"removed way\",\n  \"other\": \"b\",\n  \"broken\": 3\n");
        assertEquals("a", choose(new Ways().with("a", 1).with("b", 2)));
        assertEquals("{\n  \"" + QUESTION + "\": \"a\",\n  \"other\": \"b\"\n}\n", Files.readString(file()));
        Files.write(file(), new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1});
        assertEquals("b", choose(new Ways().with("a", 2).with("b", 1)));
        assertEquals("{\n  \"" + QUESTION + "\": \"b\"\n}\n", Files.readString(file(), StandardCharsets.UTF_8));
    }

    @Test
    void aFolderThatCannotBeWrittenChangesNothing() throws IOException {
        Path blocked = Files.writeString(folder.resolve("file"), "no folder").resolve("choices.json");
        Ways ways = new Ways().with("a", 2).with("b", 1);
        Autotune autotune = new Autotune(ways::milliseconds, blocked);
        assertEquals("b", ways.chosenBy(autotune, QUESTION));
        assertEquals("b", ways.chosenBy(autotune, QUESTION));
        assertEquals(2 * 7, ways.measured);
    }

    @Test
    void aRunsOwnFileCountsMoreThanTheUsers() throws IOException {
        Path run = folder.resolve("run.json");
        choose(new Ways().with("a", 2).with("b", 1));
        Files.writeString(run, "{\n  \"" + QUESTION + "\": \"a\"\n}\n");
        Ways ways = new Ways().with("a", 2).with("b", 1);
        Autotune autotune = new Autotune(ways::milliseconds, file());
        assertEquals("b", ways.chosenBy(autotune, QUESTION));
        autotune.keepIn(run);
        assertEquals("a", ways.chosenBy(autotune, QUESTION));
        assertEquals("b", ways.chosenBy(autotune, "another shape"));
        assertTrue(Files.readString(run).contains("\"another shape\": \"b\""));
        assertTrue(Files.readString(file()).contains("\"another shape\": \"b\""));
        assertEquals(2 * 7, ways.measured);
    }

    @Test
    void manyAtOnceAgreeAndLoseNothing() throws Exception {
        List<Future<List<String>>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            for (int i = 0; i < 6; i++) {
                int quicker = i % 2;
                all.add(threads.submit(() -> {
                    Ways ways = new Ways().with("a", 1 + quicker).with("b", 2 - quicker);
                    Autotune autotune = new Autotune(ways::milliseconds, file());
                    List<String> answers = new ArrayList<>();
                    for (int question = 0; question < 8; question++) {
                        answers.add(ways.chosenBy(autotune, "question " + question));
                    }
                    return answers;
                }));
            }
        }
        for (Future<List<String>> one : all) {
            assertEquals(all.getFirst().get(), one.get());
        }
        assertEquals(8 + 2, Files.readAllLines(file()).size());
        try (var files = Files.list(folder)) {
            assertFalse(files.anyMatch(path -> path.toString().endsWith(".part")));
        }
    }
}
