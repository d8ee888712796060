package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.demo.Demo;
import dev.panacea.run.Summary;
import dev.panacea.runtime.HostDevice;
import dev.panacea.training.Progress;
import dev.panacea.training.StopSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A few steps of each demo on real weights and preferences, cut short: every dimension is measured on both splits. */
class RealDemoTest {
    private static final List<String> SHORT = List.of("training.steps=2", "evaluation.grid_points=5", "evaluation.training_items=12",
        "data.max_prompt_tokens=8", "data.max_response_tokens=12", "data.held_out=0.03");

    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void endsWell(Demo.Dataset dataset) {
        String fixtures = System.getenv("PANACEA_FIXTURES");
        assumeTrue(fixtures != null && Files.exists(Path.of(fixtures, "tinystories-656k")),
            "needs tinystories-656k, helpsteer2 and hh-rlhf of the fixtures: set PANACEA_FIXTURES to their folder");
        try (HostDevice device = new HostDevice(2)) {
            Summary summary = new Demo(device, Repository.root().resolve("examples"), temporary.resolve("run"), false, Progress.SILENT,
                new StopSignal()).real(Path.of(fixtures), dataset, SHORT).summary();
            int dimensions = dataset == Demo.Dataset.HELPSTEER2_FIVE ? 5 : 2;
            requireMeasured(summary.loss(), dimensions);
            requireMeasured(summary.training().loss(), dimensions);
            PlannedMemoryTest.requirePlanned(summary, dataset.name());
        }
    }

    private static void requireMeasured(List<double[]> losses, int dimensions) {
        assertEquals(5, losses.size());
        for (double[] loss : losses) {
            assertEquals(dimensions, loss.length);
            for (double value : loss) {
                assertTrue(value > 0 && Double.isFinite(value), () -> "a loss of " + value);
            }
        }
    }
}
