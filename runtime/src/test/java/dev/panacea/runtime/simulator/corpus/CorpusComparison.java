package dev.panacea.runtime.simulator.corpus;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.DriverChoice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Runs the corpus on a real GPU and on the simulated one and compares what each case left in memory, byte by byte. Bytes may differ only
 * where the ISA leaves room, as in approximations; a case that its oracle refuses on the GPU ends the program with 1.
 */
public final class CorpusComparison {
    private static final long SEED = 17;

    private CorpusComparison() { }

    /** @param arguments the folder of prepared PTX; the folder to write to, where figures.json and both dumps will be */
    public static void main(String[] arguments) throws IOException {
        CorpusPtx ptx = CorpusPtx.prepared(Path.of(arguments[0]));
        Path folder = Path.of(arguments[1]);
        DriverChoice choice = DriverChoice.of(DriverChoice.Request.AUTO, CorpusComparison::simulator);
        System.out.println(choice.reason());
        if (choice.driver().isEmpty()) {
            System.exit(1);
        }
        List<CorpusCase> cases = Corpus.cases(SEED);
        long simulated = wrong("simulator", CorpusDump.write(CorpusComparison::simulator, ptx, cases, folder.resolve("simulated")));
        // a context that a failing kernel took with it does not come back in this process
        List<CorpusDump.Outcome> outcomes = CorpusDump.write(() -> choice.driver().orElseThrow(), ptx, cases, folder.resolve("real"));
        long real = wrong(choice.driver().orElseThrow().name(), outcomes);
        int different = CorpusDump.compare(folder.resolve("simulated"), folder.resolve("real"), System.out);
        Files.writeString(folder.resolve("figures.json"), String.format(Locale.ROOT,
            "{\"cases\": %d, \"wrong_simulated\": %d, \"wrong_real\": %d, \"memories_that_differ\": %d}%n", cases.size(), simulated, real,
            different));
        System.out.printf("%d cases: %d wrong on the simulated GPU, %d on the real one, %d pieces of memory differ%n", cases.size(),
            simulated, real, different);
        System.exit(real + simulated == 0 ? 0 : 1);
    }

    private static CudaDriver simulator() {
        return new SimulatedDriver(SimulatorOptions.defaults());
    }

    private static long wrong(String name, List<CorpusDump.Outcome> outcomes) {
        List<CorpusDump.Outcome> wrong = outcomes.stream().filter(outcome -> !outcome.failure().isEmpty()).toList();
        wrong.forEach(outcome -> System.out.println(name + ", " + outcome.test().name() + ": " + outcome.failure()));
        return wrong.size();
    }
}
