package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.autograd.Recomputation;
import dev.panacea.config.TrainingConfig;
import dev.panacea.kernels.Kernels;
import dev.panacea.preference.Tchebycheff;
import dev.panacea.run.Metrics;
import dev.panacea.run.Run;
import dev.panacea.run.RunFolder;
import dev.panacea.run.plot.CurvesPlot;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingLoopTest {
    private static final List<String> DIMENSIONS = List.of("helpful", "brief");
    private static final int STEPS = 6;

    @TempDir
    private Path temporary;

    /** Says how many steps are done, and may throw. */
    private record Watching(LongConsumer watcher) implements Progress {
        @Override
        public Stage start(String what, long total) {
            return new Stage() {
                private long done;

                @Override
                public void advance(long amount, String detail) {
                    done += amount;
                    watcher.accept(done);
                }

                @Override
                public void close() { }
            };
        }

        @Override
        public void note(String line) { }
    }

    private static final class Killed extends RuntimeException { }

    /** What training left: parameters, then both moments. */
    private List<float[]> train(Run run, int batch, LongConsumer watcher) throws IOException {
        return train(DType.F32, run, batch, watcher);
    }

    private List<float[]> train(DType activations, Run run, int batch, LongConsumer watcher) throws IOException {
        Path data = Files.createTempDirectory(temporary, "data");
        try (run; SmallTask task = new SmallTask(data, Kernels.on(new HostDevice(2), activations), true)) {
            Trainer trainer = task.trainer(task.dpo(0.5), batch, new Tchebycheff(), new Trainer.Settings(true, 200, Recomputation.OFF, 1));
            new TrainingLoop(run, trainer, task.adapter().parameters(), task.optimizer(),
                new TrainingConfig(STEPS, batch, 200, 2, 2, Recomputation.OFF, true), new StopSignal())
                .train("training", DIMENSIONS, new Watching(watcher));
            return List.of(HostBuffer.of(task.adapter().parameters().values()).toFloats(),
                HostBuffer.of(task.optimizer().firstMoment()).toFloats(), HostBuffer.of(task.optimizer().secondMoment()).toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void aRunThatWasKilledEndsInTheSameBits(DType activations) throws IOException {
        Path undisturbed = temporary.resolve("undisturbed");
        List<float[]> expected = train(activations, Run.create(undisturbed, ""), 5, done -> { });
        Path killed = temporary.resolve("killed");
        assertThrows(Killed.class, () -> train(activations, Run.create(killed, ""), 5, done -> {
            if (done == 5) {
                throw new Killed();
            }
        }));
        assertEquals(4, RunFolder.open(killed).latestCheckpoint().orElseThrow().state().step());
        List<float[]> found = train(activations, Run.resume(killed), 5, done -> { });
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), found.get(i));
        }
        assertSameSteps(RunFolder.open(undisturbed).metrics(), RunFolder.open(killed).metrics());
    }

    /** Everything but the times. */
    private static void assertSameSteps(List<Metrics> expected, List<Metrics> found) {
        assertEquals(LongStream.rangeClosed(1, STEPS).boxed().toList(), found.stream().map(Metrics::step).toList());
        for (int i = 0; i < STEPS; i++) {
            Metrics a = expected.get(i);
            Metrics b = found.get(i);
            assertArrayEquals(a.loss(), b.loss());
            assertEquals(List.of(a.total(), a.gradientNorm(), a.learningRate(), a.lambda(), a.active(), a.tokens()),
                List.of(b.total(), b.gradientNorm(), b.learningRate(), b.lambda(), b.active(), b.tokens()));
        }
    }

    @Test
    void anUnjudgedDimensionIsNullInTheMetricsAndAGapInThePicture() throws IOException {
        Path path = temporary.resolve("run");
        train(Run.create(path, ""), 1, done -> { });
        RunFolder folder = RunFolder.open(path);
        List<String> lines = Files.readAllLines(folder.metricsFile());
        int missing = 0;
        for (int i = 0; i < STEPS; i++) {
            JsonNode loss = new ObjectMapper().readTree(lines.get(i)).get("loss");
            assertTrue(loss.get(0).isNumber() && (loss.get(1).isNumber() || loss.get(1).isNull()), lines.get(i));
            assertEquals(loss.get(1).isNull(), Double.isNaN(folder.metrics().get(i).loss()[1]));
            missing += loss.get(1).isNull() ? 1 : 0;
        }
        assertTrue(missing > 0 && missing < STEPS, missing + " of " + STEPS);
        assertEquals(Optional.empty(), CurvesPlot.write(folder.curvesPlot(), DIMENSIONS, folder.metrics()));
        assertTrue(Files.size(folder.curvesPlot()) > 0);
    }

    @Test
    void aDivergedRunNamesStepItemsAndTheLastGoodCheckpoint() throws IOException {
        Path path = temporary.resolve("run");
        try (Run run = Run.create(path, ""); SmallTask task = new SmallTask(Files.createTempDirectory(temporary, "data"))) {
            Trainer trainer = task.trainer(task.dpo(0.5), 3, new Tchebycheff(), new Trainer.Settings(false, 200, Recomputation.OFF, 1));
            TrainingLoop loop = new TrainingLoop(run, trainer, task.adapter().parameters(), task.optimizer(),
                new TrainingConfig(STEPS, 3, 200, 2, 2, Recomputation.OFF, true), new StopSignal());
            HostBuffer sigma = HostBuffer.of(task.adapter().parameters().get("layers.0.self_attn.q_proj.sigma").buffer());
            DivergedException diverged = assertThrows(DivergedException.class, () -> loop.train("training", DIMENSIONS,
                new Watching(done -> {
                    if (done == 3) {
                        sigma.setFloat(0, Float.NaN);
                    }
                })));
            String message = diverged.getMessage();
            assertTrue(message.contains("step 4") && message.contains("pair-") && message.contains("step-000002"), message);
            assertEquals(3, run.folder().metrics().size());
        }
    }
}
