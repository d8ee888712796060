package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run computes depends on its configuration alone: not on chance, not on threads, not on what is kept in memory. */
class DeterminismTest {
    @TempDir
    static Path temporary;
    private static TinyExperiment experiment;
    private static RunContents once;

    @BeforeAll
    static void run() {
        experiment = TinyExperiment.in(temporary.resolve("experiment"));
        once = train("once", Map.of("PANACEA_THREADS", "1"));
    }

    @Test
    void againWithAnotherNumberOfThreads() {
        once.requireSame(train("threads", Map.of("PANACEA_THREADS", "2")));
        once.requireSame(train("more-threads", Map.of("PANACEA_THREADS", "3")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"selective", "full"})
    void withBlocksComputedAgainInTheBackward(String recomputation) {
        once.without("config.yaml").requireSame(
            train(recomputation, Map.of(), "--set", "training.recomputation=" + recomputation).without("config.yaml"));
    }

    @Test
    void butNotWithAnotherSeed() {
        RunContents other = train("seed", Map.of(), "--set", "seed=6");
        assertThrows(AssertionError.class, () -> once.without("config.yaml").requireSame(other.without("config.yaml")));
    }

    private static RunContents train(String name, Map<String, String> environment, String... more) {
        Path run = temporary.resolve(name);
        String[] arguments = new String[more.length + 4];
        System.arraycopy(new String[] {"train", experiment.config(), "--to", run.toString()}, 0, arguments, 0, 4);
        System.arraycopy(more, 0, arguments, 4, more.length);
        ChildJvm.Ended ended = ChildJvm.start(temporary, environment, arguments).await();
        assertEquals(0, ended.exit(), () -> String.join("\n", ended.err()));
        return RunContents.of(run);
    }
}
