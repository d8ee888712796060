package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loss that is no number any more stops the run, says what is needed to look into it, and spoils nothing. */
class DivergenceTest {
    @TempDir
    Path temporary;

    @Test
    void stopsWithOneSentenceAndLeavesAFolderThatCanBeReadAndResumed() {
        TinyExperiment experiment = TinyExperiment.in(temporary.resolve("experiment"));
        Path run = temporary.resolve("run");
        // The first step's update is finite, and nothing computed with it is.
        requireDiverged(ChildJvm.run(temporary, "train", experiment.config(), "--to", run.toString(),
            "--set", "optimizer.learning_rate=1e30", "--set", "training.checkpoint_every=1"));
        RunContents.requireWhole(run);
        RunContents before = RunContents.of(run);
        assertTrue(before.files().containsKey("checkpoints/step-000001/parameters.safetensors"));

        requireDiverged(ChildJvm.run(temporary, "train", "--to", run.toString(), "--resume"));
        before.requireSame(RunContents.of(run));
    }

    private static void requireDiverged(ChildJvm.Ended ended) {
        assertEquals(1, ended.exit());
        assertTrue(ended.out().isEmpty());
        assertEquals(1, ended.err().stream().filter(line -> line.startsWith("panacea: ")).count());
        String last = ended.err().getLast();
        assertTrue(last.matches("panacea: .*is not a number at step 2, batch \\[\\w+.jsonl:\\d+(, \\w+.jsonl:\\d+){3}\\]; "
            + "the last good checkpoint is \\S+step-000001; try a smaller learning rate"), last);
    }
}
