package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.config.TrainConfig;
import dev.panacea.demo.Demo;
import dev.panacea.kernels.Kernels;
import dev.panacea.run.Summary;
import dev.panacea.runtime.HostDevice;
import dev.panacea.training.PreferenceRun;
import dev.panacea.training.Progress;
import dev.panacea.training.StopSignal;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What whole runs were planned to hold, beside what they held. */
class PlannedMemoryTest {
    private static final double TOLERANCE = 0.05;

    private static final List<String> RECOMPUTATIONS = List.of("off", "selective", "full");

    @TempDir
    Path temporary;

    @Test
    void ofTheBundledDemo() {
        try (HostDevice device = new HostDevice(2)) {
            Demo demo = new Demo(device, Repository.root().resolve("examples"), temporary.resolve("run"), false, Progress.SILENT,
                new StopSignal());
            requirePlanned(demo.bundled(100, List.of("training.steps=2", "evaluation.grid_points=2")).summary(), "bundled");
        }
    }

    @RepeatedTest(6)
    void ofARandomSmallRun() {
        long seed = RandomGenerator.getDefault().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        TinyExperiment experiment = TinyExperiment.in(temporary.resolve("experiment"));
        List<String> settings = List.of("training.steps=" + (1 + random.nextInt(4)), "training.batch=" + (1 + random.nextInt(24)),
            "training.token_budget=" + (100 + random.nextInt(1500)), "training.recomputation=" + RECOMPUTATIONS.get(random.nextInt(3)),
            "preference.per_sequence=" + random.nextBoolean(), "evaluation.control=" + random.nextBoolean(),
            "evaluation.training_items=" + random.nextInt(30), "adapter.rank=" + (1 + random.nextInt(6)), "evaluation.grid_points=2",
            "model.precision=" + (random.nextBoolean() ? "float32" : "bfloat16"));
        TrainConfig config = TrainConfig.read(Path.of(experiment.config()), settings);
        // one thread, because it is chance how many of several hold scratch at once, and here that is much of the whole
        try (HostDevice device = new HostDevice(1)) {
            Summary summary = new PreferenceRun(Kernels.on(device), config, Progress.SILENT)
                .execute(temporary.resolve("run"), false, PreferenceRun.Supply.of(config.data().source(), Progress.SILENT));
            requirePlanned(summary, "seed " + seed + ", " + settings);
        }
    }

    static void requirePlanned(Summary summary, String what) {
        assertEquals(1, (double) summary.plannedPeakBytes() / summary.peakBytes(), TOLERANCE,
            () -> what + ": planned " + summary.plannedPeakBytes() + " bytes, held " + summary.peakBytes());
    }
}
