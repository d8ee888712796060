package dev.panacea.runtime.simulator.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.WarpOrder;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole corpus on the simulated GPU: in its usual order of warps, and in a random one while every check looks on. */
class CorpusTest {
    private static final long SEED = Long.getLong("panacea.corpus.seed", System.nanoTime());
    private static final long MOST_INSTRUCTIONS = 20_000_000;

    /** A simulated GPU of its own, until a failing kernel takes it with it. */
    private static final class Gpu {
        private final SimulatorOptions options;
        private final CorpusPtx ptx;
        private CorpusRunner runner;

        private Gpu(SimulatorOptions options, CorpusPtx ptx) {
            this.options = options.withInstructionLimit(MOST_INSTRUCTIONS);
            this.ptx = ptx;
        }

        private String mismatches(CorpusCase test) {
            if (runner == null) {
                runner = new CorpusRunner(new SimulatedDriver(options), ptx);
            }
            try {
                List<String> mismatches = runner.run(test).stream().map(CorpusRunner.Result::mismatch).filter(m -> !m.isEmpty()).toList();
                return String.join("; ", mismatches);
            } catch (CudaException e) {
                runner = null;
                return e.getMessage();
            }
        }
    }

    private static final Gpu USUAL = new Gpu(SimulatorOptions.defaults(), TestPtx.corpus());
    static List<CorpusCase> cases() {
        return Corpus.cases(SEED).stream().filter(test -> TestPtx.hasSource(test.source())).toList();
    }

    @Test
    void isWhole() {
        Assumptions.assumeTrue(TestPtx.leftOut().isEmpty(), () -> TestPtx.leftOut().orElseThrow());
        assertEquals(Corpus.cases(SEED).size(), cases().size());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void comesOutAsTheOracleSays(CorpusCase test) {
        assertEquals("", USUAL.mismatches(test), () -> "-Dpanacea.corpus.seed=" + SEED);
    }

    /** Few sources, since such code is ten times as long. */
    @ParameterizedTest
    @ValueSource(strings = {"elementwise", "divergence", "calls", "mma"})
    void comesOutWithoutOptimisation(String source) {
        Assumptions.assumeTrue(TestPtx.leftOut().isEmpty(), () -> TestPtx.leftOut().orElseThrow());
        Gpu gpu = new Gpu(SimulatorOptions.defaults(), TestPtx.unoptimised());
        for (CorpusCase test : cases()) {
            if (test.source().equals(source)) {
                assertEquals("", gpu.mismatches(test), () -> test + " with -Dpanacea.corpus.seed=" + SEED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.0", "7.8", "8.0", "8.8"})
    void loadsAsOtherToolkitsWriteIt(String version) {
        SimulatedDriver driver = new SimulatedDriver(SimulatorOptions.defaults());
        driver.setCurrent(driver.retainPrimaryContext(0));
        for (String source : new TreeSet<>(cases().stream().map(CorpusCase::source).toList())) {
            String text = new String(TestPtx.corpus().text(source), StandardCharsets.UTF_8);
            String other = text.replaceFirst("\\.version \\d+\\.\\d+", ".version " + version).replace("\n", "\r\n");
            driver.unload(driver.load(source, other.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void comesOutInRandomOrderAndIsNotAccused(CorpusCase test) {
        CheckedLaunches checks = new CheckedLaunches();
        Gpu adversarial = new Gpu(SimulatorOptions.defaults().withOrder(WarpOrder.random(SEED)).withWorkers(1)
            .withObservers(checks.observers()), TestPtx.corpus());
        assertEquals("", adversarial.mismatches(test), () -> "-Dpanacea.corpus.seed=" + SEED);
        assertEquals(List.of(), checks.findings(), () -> "-Dpanacea.corpus.seed=" + SEED);
    }
}
