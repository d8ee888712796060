package dev.panacea.bench.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.autograd.Recomputation;
import dev.panacea.bench.BenchCommand;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command on the simulated GPU with a model for it, and a program in PyTorch's place that knows one way only. */
class DeviceStepTest {
    private static final String PEER = """
        #!/bin/sh
        echo '{"torch": "2.14", "cuda": "13.0", "cudnn": 92400}'
        while read -r question; do
          echo "$question" >> %s
          case "$question" in
            *eager*) echo '{"milliseconds": [4, 1, 2], "peak_bytes": 7, "loss": 0.5}' ;;
            *) echo '{"error": "No module named peft"}' ;;
          esac
        done
        """;

    @TempDir
    private Path folder;

    @Test
    void bothSidesStepAndAllIsReported() throws IOException {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        Path questions = folder.resolve("questions");
        Path python = Files.writeString(folder.resolve("python"), PEER.formatted(questions));
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));
        assertEquals(0, bench("step", "--device", "simulator", "--shape", "tiny", "--objective", "sft,dpo", "--tokens", "32",
            "--recomputation", "full", "--rounds", "1", "--warm-up", "0", "--steps", "1", "--python", python.toString(), "--to",
            folder.resolve("step").toString()));

        ObjectMapper json = new ObjectMapper();
        JsonNode figures = json.readTree(folder.resolve("step.json").toFile()).get("figures");
        assertEquals(List.of("sft full", "dpo full"), texts(figures));
        for (JsonNode one : figures) {
            checkOne(one);
        }
        assertTrue(Files.readString(folder.resolve("step.md")).contains("did not run: No module named peft"));

        JsonNode question = json.readTree(Files.readAllLines(questions).getLast());
        assertEquals("eager", question.get("way").asText());
        assertEquals(16, question.get("length").asInt() * question.get("sequences").asInt() / 2);
        assertEquals(4, question.get("prompt").asInt());
        assertTrue(question.get("recompute").asBoolean());
    }

    private static void checkOne(JsonNode one) {
        double chance = one.get("objective").asText().equals("dpo") ? Math.log(2) : Math.log(384);
        assertEquals(chance, one.get("loss").asDouble(), 0.05, "random weights know nothing");
        JsonNode eager = one.get("peers").get("eager");
        assertEquals(2 / one.get("milliseconds").get("median").asDouble(), eager.get("speed").asDouble(), 1e-9);
        assertEquals(7, eager.get("peak_bytes").asLong());
        assertEquals("No module named peft", one.get("peers").get("peft").get("reason").asText());
        assertTrue(one.get("mfu").asDouble() > 0 && one.get("mfu").asDouble() <= one.get("hfu").asDouble());
        // a simulated GPU rounds each of many small pieces up to 256 bytes
        assertEquals(1, one.get("planned_bytes").asDouble() / one.get("peak_bytes").asDouble(), 0.1, one::toString);
        List<String> families = new ArrayList<>();
        one.get("kernels").forEach(kernel -> families.add(kernel.get("family").asText()));
        for (KernelFamily family : KernelFamily.values()) {
            assertEquals(family != KernelFamily.OTHERS, families.contains(family.toString()), family + " among " + families);
        }
    }

    private static List<String> texts(JsonNode figures) {
        List<String> texts = new ArrayList<>();
        figures.forEach(one -> texts.add(one.get("objective").asText() + " " + one.get("recomputation").asText()));
        return texts;
    }

    private static int bench(String... arguments) {
        CommandLine line = new CommandLine(new BenchCommand()).setCaseInsensitiveEnumValuesAllowed(true)
            .setErr(new PrintWriter(new StringWriter())).setOut(new PrintWriter(new StringWriter()));
        return line.execute(arguments);
    }

    @Test
    void anEvenSplitIsNeeded() {
        assertThrows(BadInputException.class, () -> StepShape.of(StepShape.Model.TINY, StepShape.Objective.SFT, 100, 3, Recomputation.OFF));
        assertThrows(BadInputException.class, () -> StepShape.of(StepShape.Model.TINY, StepShape.Objective.DPO, 96, 3, Recomputation.OFF));
        assertThrows(BadInputException.class, () -> StepShape.of(StepShape.Model.TINY, StepShape.Objective.SFT, 4, 0, Recomputation.OFF));
    }

    /** The figures of the analysis: 30.2 GFLOP a token of a Llama-2-7B at 4096 tokens, and 14 more when all is recomputed. */
    @Test
    void flopsAreThoseOfTheMathematics() {
        StepShape shape = StepShape.of(StepShape.Model.LLAMA_2_7B, StepShape.Objective.SFT, 4096, 0, Recomputation.FULL);
        StepFlops flops = StepFlops.of(shape, shape.adapter());
        assertEquals(30.2e9, flops.useful() / 4096, 0.3e9);
        assertEquals(14.0e9, flops.recomputed() / 4096, 0.3e9);
        long matrices = shape.config().parameterCount() - 2L * 32_000 * 4096 - 65L * 4096;
        assertEquals(4.0 * 4096 * matrices - 2.0 * 4096 * 3 * 4096 * 4096, flops.frozen());
        assertEquals(0, StepFlops.of(StepShape.of(StepShape.Model.LLAMA_2_7B, StepShape.Objective.SFT, 4096, 0, Recomputation.OFF),
            shape.adapter()).recomputed());
    }

    @Test
    void aCardIsKnownByItsName() {
        assertEquals(989, CardRates.of("NVIDIA H200").orElseThrow().teraflops());
        assertEquals(1, CardRates.of("NVIDIA A800-SXM4-80GB").orElseThrow().share(312e9, 1));
        assertEquals(1.6, 1e-9 * 1e9 * CardRates.of("NVIDIA A100").orElseThrow().floorMilliseconds(0, 2.56e9));
        assertTrue(CardRates.of("another").isEmpty());
    }
}
