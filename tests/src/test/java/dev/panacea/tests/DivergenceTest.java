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
    void stopsWithOneSentenceAndGoesOnFromTheLastCheckpoint() {
        TinyExperiment experiment = TinyExperiment.in(temporary.resolve("experiment"));
        Path run = temporary.resolve("run");
        assertEquals(0, train(experiment, run, "--set", "training.steps=4").exit());

        ChildJvm.Ended diverged = train(experiment, run, "--resume", "--set", "optimizer.learning_rate=1e30");
        assertEquals(1, diverged.exit());
        String last = diverged.err().getLast();
        assertEquals(1, diverged.err().stream().filter(line -> line.startsWith("panacea: ")).count());
        assertTrue(last.matches("panacea: .*is not a number at step [45], batch \\[(long|calm).jsonl:\\d+(, (long|calm).jsonl:\\d+){3}\\]; "
            + "the last good checkpoint is \\S+step-000004; try a smaller learning rate"), last);
        assertTrue(diverged.out().isEmpty());
        RunContents.requireWhole(run);

        ChildJvm.Ended healed = train(experiment, run, "--resume");
        assertEquals(0, healed.exit(), () -> String.join("\n", healed.err()));
        assertTrue(RunContents.of(run).files().containsKey("checkpoints/step-000030/parameters.safetensors"));
    }

    private ChildJvm.Ended train(TinyExperiment experiment, Path run, String... more) {
        String[] arguments = new String[more.length + 6];
        System.arraycopy(new String[] {"train", experiment.config(), "--to", run.toString(), "--set", "evaluation.control=false"}, 0,
            arguments, 0, 6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return ChildJvm.run(temporary, arguments);
    }
}
