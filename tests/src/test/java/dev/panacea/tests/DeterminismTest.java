package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.config.TrainConfig;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.HostDevice;
import dev.panacea.training.PreferenceRun;
import dev.panacea.training.Progress;
import java.nio.file.Path;
import java.util.List;
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
        once.without("config.yaml").requireSame(trainHere(recomputation, "training.recomputation=" + recomputation).without("config.yaml"));
    }

    @Test
    void butNotWithAnotherSeed() {
        RunContents other = trainHere("seed", "seed=6");
        assertThrows(AssertionError.class, () -> once.without("config.yaml").requireSame(other.without("config.yaml")));
    }

    private static RunContents train(String name, Map<String, String> environment) {
        Path run = temporary.resolve(name);
        ChildJvm.Ended ended = ChildJvm.start(temporary, environment, "train", experiment.config(), "--to", run.toString()).await();
        assertEquals(0, ended.exit(), () -> String.join("\n", ended.err()));
        return RunContents.of(run);
    }

    /** In this process, which has compiled other code by now: that must not show either. */
    private static RunContents trainHere(String name, String setting) {
        Path run = temporary.resolve(name);
        TrainConfig config = TrainConfig.read(Path.of(experiment.config()), List.of(setting));
        try (HostDevice device = new HostDevice()) {
            new PreferenceRun(Kernels.on(device), config, Progress.SILENT)
                .execute(run, false, PreferenceRun.Supply.of(config.data().source(), Progress.SILENT));
        }
        return RunContents.of(run);
    }
}
