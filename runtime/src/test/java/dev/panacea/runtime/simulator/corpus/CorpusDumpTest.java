package dev.panacea.runtime.simulator.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.WarpOrder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two drivers' memories, compared byte by byte; here one simulated GPU with another. */
class CorpusDumpTest {
    private static final long SEED = System.nanoTime();

    private static List<CorpusCase> written() {
        return Corpus.cases(SEED).stream().filter(test -> test.source().startsWith("written")).toList();
    }

    private static List<CorpusDump.Outcome> write(List<CorpusCase> cases, WarpOrder order, Path folder) throws IOException {
        return CorpusDump.write(() -> new SimulatedDriver(SimulatorOptions.defaults().withOrder(order)), TestPtx.corpus(), cases, folder);
    }

    @Test
    void tellsOneFileThatDiffers(@TempDir Path folder) throws IOException {
        Path one = folder.resolve("one");
        Path other = folder.resolve("other");
        List<CorpusDump.Outcome> outcomes = write(written(), WarpOrder.ROUND_ROBIN, one);
        write(written(), WarpOrder.random(SEED), other);
        assertEquals(List.of(), outcomes.stream().filter(outcome -> !outcome.failure().isEmpty()).toList(), "seed " + SEED);
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
        assertEquals(0, CorpusDump.compare(one, other, out), told.toString(StandardCharsets.UTF_8));

        Path damaged = other.resolve("written_data.packs.1.bin");
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[7] ^= 1;
        Files.write(damaged, bytes);
        assertEquals(1, CorpusDump.compare(one, other, out));
        assertEquals("written_data.packs.1.bin: 1 of 400 bytes differ, the first at 7", told.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void goesOnAfterAKernelThatFails(@TempDir Path folder) throws IOException {
        List<CorpusCase> cases = new ArrayList<>(written());
        CorpusCase right = cases.getFirst();
        cases.addFirst(new CorpusCase(right.source(), right.kernel(), "nowhere", new LaunchGeometry(1, 64), Argument.value(0L),
            Argument.value(0L), Argument.value(64)));
        List<CorpusDump.Outcome> outcomes = write(cases, WarpOrder.ROUND_ROBIN, folder);
        assertTrue(outcomes.getFirst().failure().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), outcomes.getFirst().failure());
        assertEquals(List.of(), outcomes.stream().skip(1).filter(outcome -> !outcome.failure().isEmpty()).toList());
    }
}
