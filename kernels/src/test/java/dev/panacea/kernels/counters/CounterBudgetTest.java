package dev.panacea.kernels.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.activation.SwiGluCounterCases;
import dev.panacea.kernels.attention.AttentionBackwardCounterCases;
import dev.panacea.kernels.attention.AttentionForwardCounterCases;
import dev.panacea.kernels.attention.DecodeCounterCases;
import dev.panacea.kernels.cache.CacheStoreCounterCases;
import dev.panacea.kernels.elementwise.ElementwiseCounterCases;
import dev.panacea.kernels.embedding.EmbeddingCounterCases;
import dev.panacea.kernels.linear.LinearCounterCases;
import dev.panacea.kernels.logprob.LogProbCounterCases;
import dev.panacea.kernels.norm.NormCounterCases;
import dev.panacea.kernels.optimizer.OptimizerCounterCases;
import dev.panacea.kernels.rotary.RotaryCounterCases;
import dev.panacea.kernels.sampling.SamplingCounterCases;
import dev.panacea.kernels.svdlora.SvdLoraCounterCases;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import dev.panacea.runtime.simulator.checks.LaunchCounters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the kernels do on the simulated GPU is no more than what {@code src/main/cuda/counters.txt} says. */
class CounterBudgetTest {
    private static final Path KEPT = Path.of("src/main/cuda/counters.txt");
    private static final Path REPORT = Path.of("target/cuda/counters.txt");
    private static final double ALLOWED = 0.02;

    private static List<CounterCase> cases() {
        return Stream.of(
            AttentionBackwardCounterCases.all(),
            AttentionForwardCounterCases.all(),
            DecodeCounterCases.all(),
            CacheStoreCounterCases.all(),
            ElementwiseCounterCases.all(),
            EmbeddingCounterCases.all(),
            LinearCounterCases.all(),
            LogProbCounterCases.all(),
            NormCounterCases.all(),
            OptimizerCounterCases.all(),
            RotaryCounterCases.all(),
            SamplingCounterCases.all(),
            SvdLoraCounterCases.all(),
            SwiGluCounterCases.all()).flatMap(List::stream).toList();
    }

    @Test
    void noCounterRoseByMoreThanTwoPercent() throws IOException {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        List<CounterLine> now = measured();
        String compiler = compiler();
        write(compiler, now);
        List<String> lines = Files.readAllLines(KEPT).stream().filter(line -> !line.startsWith("#") && !line.isBlank()).toList();
        assumeTrue(compiler.contains(lines.getFirst().replace("compiler", "release")), KEPT + " holds for " + lines.getFirst()
            + " and is not applied: the PTX is of " + compiler);
        Map<String, CounterLine> kept = new LinkedHashMap<>();
        lines.stream().skip(1).map(CounterLine::parse).forEach(line -> kept.put(line.key(), line));
        List<String> regressions = new ArrayList<>();
        for (CounterLine line : now) {
            CounterLine before = kept.remove(line.key());
            assertTrue(before != null, () -> KEPT + " says nothing of this; add the line:\n" + line.text());
            regressions.addAll(line.regressions(before, ALLOWED));
        }
        assertEquals(List.of(), regressions, "after an intended change, copy the lines from " + REPORT);
        assertEquals(List.of(), List.copyOf(kept.keySet()), "lines of " + KEPT + " that no case measures");
    }

    private static List<CounterLine> measured() {
        List<CounterLine> lines = new ArrayList<>();
        for (CounterCase example : cases()) {
            CheckedLaunches checks = new CheckedLaunches();
            try (CudaDevice device = CudaDevice.open(
                new SimulatedDriver(SimulatorOptions.defaults().withObservers(checks.observers())), 0)) {
                example.call().accept(device);
            }
            assertEquals(List.of(), checks.findings(), example.name());
            Map<String, LaunchCounters> kernels = new TreeMap<>();
            checks.launches().forEach(launch -> kernels.merge(launch.kernel(), launch, LaunchCounters::plus));
            kernels.values().forEach(counters -> lines.add(CounterLine.of(example, counters)));
        }
        lines.sort(Comparator.comparing(CounterLine::key));
        return lines;
    }

    /** The line of a PTX file that tells who wrote it. */
    private static String compiler() throws IOException {
        try (InputStream ptx = Kernels.class.getResourceAsStream("norm/rms_norm_forward.ptx")) {
            return new String(ptx.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> line.contains("release")).findFirst()
                .orElse("an unknown compiler");
        }
    }

    private static void write(String compiler, List<CounterLine> lines) throws IOException {
        Files.createDirectories(REPORT.getParent());
        List<String> text = new ArrayList<>(List.of("# by " + compiler.replaceFirst("^// *", ""), CounterLine.COLUMNS));
        lines.forEach(line -> text.add(line.text()));
        Files.write(REPORT, text);
    }
}
