package dev.panacea.runtime.simulator.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.WarpOrder;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole corpus on the simulated GPU: in its usual order of warps, and in a random one while every check looks on. */
class CorpusTest {
    private static final long SEED = System.nanoTime();
    private static final long MOST_INSTRUCTIONS = 20_000_000;
    /**
     * Rightly accused, and yet right on every GPU: barriers that complete without threads which have left, and the toolkit's own
     * atomicAdd of bfloat16 pairs, which reads plainly before it compares and swaps.
     */
    private static final List<String> ACCUSED = List.of("divergence.earlyReturn", "atomics.halves");

    /** A simulated GPU of its own, until a failing kernel takes it with it. */
    private static final class Gpu {
        private final SimulatorOptions options;
        private CorpusRunner runner;

        private Gpu(SimulatorOptions options) {
            this.options = options.withInstructionLimit(MOST_INSTRUCTIONS);
        }

        private String mismatches(CorpusCase test) {
            if (runner == null) {
                runner = new CorpusRunner(new SimulatedDriver(options), TestPtx.corpus());
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

    private static final Gpu USUAL = new Gpu(SimulatorOptions.defaults());
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
        assertEquals("", USUAL.mismatches(test), () -> "seed " + SEED);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void comesOutInRandomOrderAndIsNotAccused(CorpusCase test) {
        CheckedLaunches checks = new CheckedLaunches();
        Gpu adversarial = new Gpu(SimulatorOptions.defaults().withOrder(WarpOrder.random(SEED)).withWorkers(1)
            .withObservers(checks.observers()));
        assertEquals("", adversarial.mismatches(test), () -> "seed " + SEED);
        if (ACCUSED.stream().noneMatch(test.name()::startsWith)) {
            assertEquals(List.of(), checks.findings(), () -> "seed " + SEED);
        }
    }
}
