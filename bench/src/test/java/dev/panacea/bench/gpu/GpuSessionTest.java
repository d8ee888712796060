package dev.panacea.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.bench.gpu.StepResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuSessionTest {
    private static final int LONG = 60;

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    @Test
    void eachStepEndsAsItsProcessDoes() {
        List<StepResult> results = session(LONG).run(List.of(shell("fine", LONG, "echo first; echo; echo last"),
            shell("broken", LONG, "echo reason; exit 3")));
        assertEquals(List.of(Outcome.PASSED, Outcome.FAILED), results.stream().map(StepResult::outcome).toList());
        assertEquals(List.of("last", "reason"), results.stream().map(StepResult::detail).toList());
        assertTrue(new GpuReport("today", null, null, 1, results).failed());
    }

    @Test
    void figuresAreWhatAStepLeavesOrPrints() {
        List<StepResult> results = session(LONG).run(List.of(shell("leaves", LONG, "echo '{\"ns\": 7}' > $0/figures.json; echo done"),
            shell("prints", LONG, "echo '[1, 2]'"), shell("neither", LONG, "echo '{ cut off'")));
        assertEquals(7, results.get(0).figures().get("ns").intValue());
        assertEquals(2, results.get(1).figures().get(1).intValue());
        assertNull(results.get(2).figures());
    }

    @Test
    void aStepIsStoppedAtItsLimitWithItsChildren() throws InterruptedException {
        Path mark = folder.resolve("mark");
        List<StepResult> results = session(LONG).run(List.of(shell("slow", 1, "echo begun; (sleep 4; touch " + mark + ") & wait")));
        assertEquals(Outcome.TIMED_OUT, results.getFirst().outcome());
        assertEquals("begun", results.getFirst().detail());
        Thread.sleep(4_000);
        assertFalse(Files.exists(mark), "a child of the stopped step went on");
    }

    @Test
    void nothingBeginsWhenTheTimeIsOver() {
        List<StepResult> results = session(0).run(List.of(shell("late", LONG, "echo never")));
        assertEquals(Outcome.TIMED_OUT, results.getFirst().outcome());
        assertFalse(Files.exists(folder.resolve("late")));
    }

    @Test
    void whatCannotRunIsSkippedWithItsReason() {
        GpuStep step = new GpuStep("corpus", "both", LONG, Optional.of("no GPU here"), own -> List.of("false"));
        StepResult result = session(LONG).run(List.of(step)).getFirst();
        assertEquals(Outcome.SKIPPED, result.outcome());
        assertEquals("no GPU here", result.detail());
        String table = new GpuReport("today", null, null, 1, List.of(result)).table();
        assertTrue(table.contains("| corpus: both | skipped | 0.0 | no GPU here |"), table);
    }

    @Test
    void benchmarksBecomeRows() {
        String json = "[{\"benchmark\": \"a.b.Launch.empty\", \"params\": {\"driver\": \"ffm\"}, \"primaryMetric\": {\"score\": 223.46, "
            + "\"scoreError\": \"NaN\", \"scoreUnit\": \"ns/op\", \"scorePercentiles\": {\"50.0\": 220.0}}, "
            + "\"secondaryMetrics\": {\"gc.alloc.rate.norm\": {\"score\": 0.05}}}]";
        List<StepResult> results = session(LONG).run(List.of(shell("launch", LONG, "echo '" + json + "' > $0/figures.json; echo done")));
        String table = new GpuReport("today", null, null, 1, results).table();
        assertTrue(table.contains("| empty | driver ffm | 220.0 | 223.5 ± "), table);
        assertTrue(table.contains(" ns/op | 0.05 |"), table);
    }

    @Test
    void skippedTestsAreCountedBesideThoseThatPassed() {
        assertEquals("69 tests passed, 204 skipped, 2 failed", TestCounts.of("[        11 containers failed     ]\n"
            + "[         1 tests skipped         ]\n[       203 tests aborted         ]\n[        69 tests successful      ]\n"
            + "[         2 tests failed          ]\n"));
    }

    @Test
    void theCardIsReadFromTheLineOfNvidiaSmi() {
        assertEquals(Optional.of(new Card("NVIDIA A800-SXM4-80GB", "535.104.05", "81920 MiB", "1410 MHz", "61.50 W", "33")),
            Card.parse("NVIDIA A800-SXM4-80GB, 535.104.05, 81920 MiB, 1410 MHz, 61.50 W, 33\n"));
        assertEquals(Optional.empty(), Card.parse("No devices were found\n"));
    }

    private GpuSession session(int seconds) {
        return new GpuSession(folder, Instant.now().plusSeconds(seconds), said::add);
    }

    private static GpuStep shell(String name, int mostSeconds, String script) {
        return new GpuStep(name, "a test", mostSeconds, Optional.empty(), own -> List.of("sh", "-c", script, own.toString()));
    }
}
