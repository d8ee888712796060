package dev.panacea.runtime.simulator.corpus;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.simulator.DeviceModel;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Damaged PTX loads and runs, or is refused with a {@link CudaException}: never another exception, never without an end. The property
 * {@code panacea.fuzz.texts} says how many texts (10,000 unless told).
 */
class PtxFuzzTest {
    private static final int TEXTS = Integer.getInteger("panacea.fuzz.texts", 10_000);
    private static final long SEED = Long.getLong("panacea.fuzz.seed", System.nanoTime());
    private static final int LONGEST = 12_000;
    private static final long MOST_INSTRUCTIONS = 3_000;
    private static final SimulatorOptions OPTIONS = SimulatorOptions.defaults().withWorkers(1).withInstructionLimit(MOST_INSTRUCTIONS)
        .withModel(DeviceModel.a800().withMemory(64 << 20));

    /** The cheapest case of each kernel whose text is short: most of the time goes into damaged text and little into damaged loops. */
    private static List<CorpusCase> cases() {
        Map<String, CorpusCase> cheapest = Corpus.cases(SEED).stream().filter(test -> TestPtx.hasSource(test.source()))
            .filter(test -> TestPtx.corpus().text(test.source()).length <= LONGEST)
            .collect(Collectors.toMap(test -> test.source() + "." + test.kernel(), test -> test,
                (a, b) -> Comparator.comparingLong(PtxFuzzTest::threads).compare(a, b) <= 0 ? a : b, TreeMap::new));
        return List.copyOf(cheapest.values());
    }

    private static long threads(CorpusCase test) {
        return test.geometry().grid().count() * test.geometry().block().count();
    }

    @Test
    void damagedTextNeverBreaksTheSimulator() {
        List<CorpusCase> cases = cases();
        PtxMutations mutations = new PtxMutations(new SplittableRandom(SEED),
            cases.stream().map(test -> new String(TestPtx.corpus().text(test.source()), StandardCharsets.UTF_8)).toList());
        SplittableRandom random = new SplittableRandom(SEED + 1);
        int ran = 0;
        int refused = 0;
        for (int i = 0; i < TEXTS; i++) {
            int chosen = random.nextInt(cases.size());
            byte[] text = mutations.next(chosen);
            if (runs(cases.get(chosen), text, i)) {
                ran++;
            } else {
                refused++;
            }
        }
        assertTrue(ran > TEXTS / 50 && refused > TEXTS / 50, ran + " texts ran and " + refused + " were refused, of seed " + SEED);
    }

    private static boolean runs(CorpusCase test, byte[] text, int index) {
        CorpusRunner runner = new CorpusRunner(new SimulatedDriver(OPTIONS), source -> text);
        try {
            runner.run(test);
            return true;
        } catch (CudaException e) {
            return false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("text " + index + " of seed " + SEED + ", for " + test + ":\n"
                + new String(text, StandardCharsets.UTF_8), e);
        }
    }
}
