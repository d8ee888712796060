package dev.panacea.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.transformer.config.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DryRunCommandTest {
    @TempDir
    private Path folder;

    private Path config() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        new LlamaConfig(32, 48, 2, 4, 2, 8, 90, 256, 1e-5, 100, new RotaryScaling.None(), false, OptionalInt.of(0), List.of(1))
            .write(model.resolve("config.json"));
        return Files.writeString(folder.resolve("config.yaml"), """
            data: {kind: pairs, dimensions: [{name: one, file: one.jsonl}, {name: two, file: two.jsonl}]}
            training: {recomputation: off}
            """);
    }

    @Test
    void theConfigurationAndTheModelsShapeAreEnough() throws IOException {
        CommandLineRun run = CommandLineRun.of("train", config().toString(), "--dry-run");
        assertEquals(ExitCode.FINE, run.exit(), run.err());
        assertTrue(run.out().contains("frozen weights") && run.out().contains("most held at once"), run.out());
    }

    @Test
    void scriptsGetJson() throws IOException {
        CommandLineRun run = CommandLineRun.of("train", config().toString(), "--dry-run", "--card", "host", "--json");
        assertEquals(ExitCode.FINE, run.exit(), run.err());
        assertTrue(new ObjectMapper().readTree(run.out()).path("plan").path("peak_bytes").asLong() > 100_000, run.out());
    }

    @Test
    void anUnknownCardOrShapeIsNamedWithThoseThatAreKnown() throws IOException {
        String config = config().toString();
        assertTrue(CommandLineRun.of("train", config, "--dry-run", "--card", "b9000").err().contains("use a800, a100"));
        assertTrue(CommandLineRun.of("train", config, "--dry-run", "--shape", "llama-9").err().contains("use llama-2-7b"));
    }

    @Test
    void aRunNeedsAFolder() throws IOException {
        CommandLineRun run = CommandLineRun.of("train", config().toString());
        assertEquals(ExitCode.BAD_INPUT, run.exit());
        assertTrue(run.err().contains("--to DIR is needed"), run.err());
    }
}
