package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed with SIGKILL, wherever, as often as you like, ends in the bits of one that was not. */
class KillAndResumeTest {
    private static final int TIMED_KILLS = 12;
    private static final long LOOK_NANOS = 200_000;

    @TempDir
    static Path temporary;
    private static TinyExperiment experiment;
    private static RunContents undisturbed;
    private static long durationNanos;

    /** What a run is doing, as its folder shows it; in the order of a run. */
    private enum Phase {
        STARTING, PREPARING_DATA, TRAINING, WRITING_A_CHECKPOINT, TRAINING_THE_CONTROL, WRITING_A_CHECKPOINT_OF_THE_CONTROL, EVALUATING,
        REPORTING;

        static Phase of(Path run) {
            if (Files.exists(run.resolve("front.json"))) {
                return REPORTING;
            }
            Path control = run.resolve("control");
            if (Files.exists(control.resolve("checkpoints/step-000030"))) {
                return EVALUATING;
            }
            if (Files.exists(control.resolve("config.yaml"))) {
                return draftIn(control) ? WRITING_A_CHECKPOINT_OF_THE_CONTROL : TRAINING_THE_CONTROL;
            }
            if (Files.exists(run.resolve("data/held-out.arrow"))) {
                return draftIn(run) ? WRITING_A_CHECKPOINT : TRAINING;
            }
            return Files.exists(run.resolve("data")) ? PREPARING_DATA : STARTING;
        }

        private static boolean draftIn(Path run) {
            Path checkpoints = run.resolve("checkpoints");
            if (!Files.exists(checkpoints)) {
                return false;
            }
            try (Stream<Path> children = Files.list(checkpoints)) {
                return children.anyMatch(child -> child.getFileName().toString().startsWith("unfinished-"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeAll
    static void runUndisturbed() {
        experiment = TinyExperiment.in(temporary.resolve("experiment"));
        Path run = temporary.resolve("undisturbed");
        long started = System.nanoTime();
        assertEquals(0, start(run).await().exit());
        durationNanos = System.nanoTime() - started;
        undisturbed = RunContents.of(run);
        assertTrue(undisturbed.files().keySet().containsAll(List.of("metrics.jsonl", "front.json", "summary.json",
            "checkpoints/step-000030/parameters.safetensors", "control/checkpoints/step-000030/parameters.safetensors")));
    }

    @Test
    void aRunKilledInEveryPhaseEndsInTheSameBits(TestReporter reporter) {
        Path run = temporary.resolve("every-phase");
        List<Phase> killed = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            ChildJvm child = start(run);
            while (child.isAlive() && Phase.of(run).compareTo(phase) < 0) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            child.kill();
            killed.add(Phase.of(run));
            RunContents.requireWhole(run);
        }
        finish(run);
        reporter.publishEntry("killed while", killed.toString());
    }

    @Test
    void aRunKilledAtRandomInstantsEndsInTheSameBits(TestReporter reporter) {
        SplittableRandom random = new SplittableRandom(20);
        Map<Phase, Integer> killed = new EnumMap<>(Phase.class);
        int kills = 0;
        for (int life = 0; kills < TIMED_KILLS; life++) {
            Path run = temporary.resolve("life-" + life);
            while (kills < TIMED_KILLS && killedAfter(random.nextLong(durationNanos / 8, durationNanos * 5 / 8), run)) {
                kills++;
                killed.merge(Phase.of(run), 1, Integer::sum);
                RunContents.requireWhole(run);
            }
            if (kills == TIMED_KILLS) {
                finish(run);
            }
        }
        reporter.publishEntry("killed while", killed.toString());
    }

    /** Lets the run go on for a while; false when it came to its end first. */
    private static boolean killedAfter(long nanos, Path run) {
        ChildJvm child = start(run);
        if (child.outlives(nanos)) {
            child.kill();
            return true;
        }
        requireSame(child.await(), run);
        return false;
    }

    private static void finish(Path run) {
        requireSame(start(run).await(), run);
    }

    private static void requireSame(ChildJvm.Ended ended, Path run) {
        assertEquals(0, ended.exit(), () -> String.join("\n", ended.err()));
        undisturbed.requireSame(RunContents.of(run));
    }

    /** Begins the run, or goes on with what a killed process left of it. */
    private static ChildJvm start(Path run) {
        List<String> arguments = new ArrayList<>(List.of("train", experiment.config(), "--to", run.toString()));
        if (Files.exists(run.resolve("config.yaml"))) {
            arguments.add("--resume");
        }
        return ChildJvm.start(temporary, Map.of(), arguments.toArray(String[]::new));
    }
}
