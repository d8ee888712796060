package dev.panacea.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

    @TempDir
    Path temporary;

    @Test
    void keepsConfigurationMetricsAndTheNewestCheckpoints() throws IOException {
        Path path = temporary.resolve("runs/first");
        try (Run run = Run.create(path, "seed: 7\n")) {
            assertTrue(run.start().isEmpty());
            for (long step = 1; step <= 12; step++) {
                run.record(metrics(step));
                if (step % 3 == 0) {
                    save(run, step, 2);
                }
            }
        }
        RunFolder folder = RunFolder.open(path);
        assertEquals("seed: 7\n", folder.config());
        assertEquals(steps(12), folder.metrics().stream().map(Metrics::step).toList());
        assertEquals(Preference.parse("0.3,0.7"), folder.metrics().getFirst().lambda());
        Checkpoint latest = folder.latestCheckpoint().orElseThrow();
        assertEquals(new Checkpoint.State(12, 1200, 1.5), latest.state());
        assertEquals("weights of 12", Files.readString(latest.folder().resolve("adapter/weights")));
        assertEquals(List.of("step-000009", "step-000012"), names(path.resolve("checkpoints")));
    }

    @Test
    void resumesWithNoLineLostOrWrittenTwice() throws IOException {
        Path path = temporary.resolve("run");
        try (Run run = Run.create(path, "")) {
            for (long step = 1; step <= 7; step++) {
                run.record(metrics(step));
                if (step == 5) {
                    save(run, step, 3);
                }
            }
        }
        // A kill in the middle of a line, of a checkpoint and of a deletion.
        Files.writeString(path.resolve("metrics.jsonl"), "{\"step\":8,\"lo", StandardOpenOption.APPEND);
        Files.createDirectories(path.resolve("checkpoints/unfinished-step-000008/adapter"));
        try (Run run = Run.resume(path)) {
            assertEquals(5, run.start().orElseThrow().state().step());
            assertEquals(steps(5), run.folder().metrics().stream().map(Metrics::step).toList());
            run.record(metrics(6));
        }
        assertEquals(steps(6), RunFolder.open(path).metrics().stream().map(Metrics::step).toList());
        assertEquals(List.of("step-000005"), names(path.resolve("checkpoints")));
    }

    @Test
    void resumingDeletesWhatAKilledProcessLeftHalfWrittenAndNothingElse() throws IOException {
        Path path = temporary.resolve("run");
        Run.create(path, "").close();
        Files.createDirectories(path.resolve("data"));
        String half = ".summary.json." + UUID.randomUUID() + ".part";
        List<String> others = List.of("notes.part", ".hidden", "data/x.arrow", "data/.mine.part");
        for (String file : others) {
            Files.createFile(path.resolve(file));
        }
        Files.createFile(path.resolve(half));
        Files.createFile(path.resolve("data").resolve(half));
        Run.resume(path).close();
        assertTrue(Files.notExists(path.resolve(half)) && Files.notExists(path.resolve("data").resolve(half)));
        others.forEach(file -> assertTrue(Files.exists(path.resolve(file)), file));
    }

    @Test
    void withoutACheckpointItStartsOver() {
        Path path = temporary.resolve("run");
        try (Run run = Run.create(path, "")) {
            run.record(metrics(1));
        }
        try (Run run = Run.resume(path)) {
            assertTrue(run.start().isEmpty());
            assertEquals(List.of(), run.folder().metrics());
        }
    }

    @Test
    void aFailedCheckpointLeavesTheLastOne() throws IOException {
        Path path = temporary.resolve("run");
        try (Run run = Run.create(path, "")) {
            save(run, 1, 1);
            assertThrows(UncheckedIOException.class, () -> run.checkpoint(new Checkpoint.State(2, 0, 0), 1, folder -> {
                Files.writeString(folder.resolve("half"), "");
                throw new IOException("disk full");
            }));
            assertEquals(1, run.folder().latestCheckpoint().orElseThrow().state().step());
            save(run, 2, 1);
            save(run, 2, 1);
        }
        assertEquals(List.of("step-000002"), names(path.resolve("checkpoints")));
        assertFalse(Files.exists(path.resolve("checkpoints/step-000002/half")));
    }

    @Test
    void refusesFoldersItMustNotWriteTo() throws IOException {
        Path path = temporary.resolve("run");
        try (Run run = Run.create(path, "")) {
            BadInputException held = assertThrows(BadInputException.class, () -> Run.resume(path));
            assertTrue(held.getMessage().contains("in use by another run"), held.getMessage());
            run.record(metrics(1));
        }
        assertTrue(assertThrows(BadInputException.class, () -> Run.create(path, "")).getMessage().contains("already holds a run"));
        Run.resume(path).close(); // neither refusal kept the lock
        assertThrows(BadInputException.class, () -> Run.resume(temporary.resolve("nothing")));
        Path file = Files.writeString(temporary.resolve("file"), "");
        assertThrows(BadInputException.class, () -> Run.create(file, ""));
        assertThrows(BadInputException.class, () -> Run.create(file.resolve("below"), ""));
    }

    @Test
    void refusesAFolderWithoutPermission() throws IOException {
        Path closed = Files.createDirectory(temporary.resolve("closed"));
        assumeTrue(closed.toFile().setWritable(false) && !Files.isWritable(closed), "this user may write anywhere");
        assertThrows(BadInputException.class, () -> Run.create(closed.resolve("run"), ""));
        assertThrows(BadInputException.class, () -> Run.create(closed, ""));
    }

    @Test
    void namesTheLineThatIsNoMetrics() throws IOException {
        Path path = temporary.resolve("run");
        Run.create(path, "").close();
        Files.writeString(path.resolve("metrics.jsonl"), "{\"step\":1}\n{\"step\":2}\n");
        BadInputException refused = assertThrows(BadInputException.class, () -> RunFolder.open(path).metrics());
        assertTrue(refused.getMessage().startsWith("line 1 of "), refused.getMessage());
    }

    @Test
    void aDivergedStepIsStillRecorded() {
        Path path = temporary.resolve("run");
        try (Run run = Run.create(path, "")) {
            run.record(new Metrics(1, new double[] {Double.NaN}, Double.POSITIVE_INFINITY, 0, 0, Preference.centre(1), 0, 1, 1, 1));
            Metrics read = run.folder().metrics().getFirst();
            assertTrue(Double.isNaN(read.loss()[0]));
            assertEquals(Double.POSITIVE_INFINITY, read.total());
        }
    }

    /** A real process, killed while it writes: the operating system's lock holds until then, and nothing is lost after. */
    @Test
    void survivesAKill() throws Exception {
        Path path = temporary.resolve("run");
        Process writer = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
            "-cp", System.getProperty("java.class.path"), EndlessRun.class.getName(), path.toString())
            .redirectErrorStream(true).redirectOutput(temporary.resolve("output").toFile()).start();
        try {
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (!Files.exists(path.resolve("checkpoints/step-000020")) && writer.isAlive() && System.nanoTime() < deadline) {
                Thread.sleep(5);
            }
            assertThrows(BadInputException.class, () -> Run.resume(path), () -> output());
        } finally {
            writer.destroyForcibly().waitFor();
        }
        try (Run run = Run.resume(path)) {
            long step = run.start().orElseThrow().state().step();
            assertTrue(step >= 10, "resumed at " + step);
            assertEquals(steps(step), run.folder().metrics().stream().map(Metrics::step).toList());
            assertEquals("weights of " + step, Files.readString(run.start().orElseThrow().folder().resolve("adapter/weights")));
        }
    }

    /** Trains nothing for ever, with a checkpoint every tenth step. */
    static final class EndlessRun {
        public static void main(String[] arguments) {
            try (Run run = Run.create(Path.of(arguments[0]), "")) {
                for (long step = 1; ; step++) {
                    run.record(metrics(step));
                    if (step % 10 == 0) {
                        save(run, step, 2);
                    }
                }
            }
        }
    }

    private String output() {
        try {
            return Files.readString(temporary.resolve("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void save(Run run, long step, int keep) {
        run.checkpoint(new Checkpoint.State(step, 100 * step, 1.5), keep, folder -> {
            Files.createDirectory(folder.resolve("adapter"));
            Files.writeString(folder.resolve("adapter/weights"), "weights of " + step);
        });
    }

    private static Metrics metrics(long step) {
        return new Metrics(step, new double[] {0.7, 0.6}, 0.65, 1.25, 1e-4, Preference.parse("0.3,0.7"), 1, 100 * step, 5000, 0.1 * step);
    }

    private static List<Long> steps(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).sorted().toList();
        }
    }
}
