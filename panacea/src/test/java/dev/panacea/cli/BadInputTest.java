package dev.panacea.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.runtime.cuda.DriverChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a user can get wrong ends with 2 and one line that names it. */
class BadInputTest {
    @TempDir
    private Path folder;
    private Path config;
    private String run;

    @BeforeEach
    void writeConfig() throws IOException {
        config = Files.writeString(folder.resolve("config.yaml"), """
            model: {folder: no-model}
            data:
              dimensions:
                - {name: helpful, file: helpful.jsonl}
                - {name: brief, file: brief.jsonl}
            """);
        run = folder.resolve("run").toString();
    }

    private void assertRefused(String named, String... arguments) {
        CommandLineRun result = CommandLineRun.of(arguments);
        assertEquals(ExitCode.BAD_INPUT, result.exit(), result.err());
        assertEquals("", result.out());
        assertEquals(1, result.errLines().size(), result.err());
        assertTrue(result.err().startsWith("panacea: "), result.err());
        assertTrue(result.err().contains(named), result.err());
    }

    @Test
    void misspeltKey() {
        assertRefused("did you mean 'steps'", "train", config.toString(), "--to", run, "--set", "training.step=3");
    }

    @Test
    void wrongType() throws IOException {
        Files.writeString(config, "training: {steps: many}");
        assertRefused("training.steps", "train", config.toString(), "--to", run);
    }

    @Test
    void brokenYaml() throws IOException {
        Files.writeString(config, "training: {steps: [1, 2\nmodel: :\n");
        assertRefused("config.yaml", "train", config.toString(), "--to", run);
    }

    @Test
    void missingConfig() {
        assertRefused("nowhere.yaml", "train", folder.resolve("nowhere.yaml").toString(), "--to", run);
    }

    @Test
    void missingModelLeavesNoRunBehind() throws IOException {
        String row = "{\"prompt\": \"p\", \"chosen\": \"c\", \"rejected\": \"r\"}";
        Files.writeString(folder.resolve("helpful.jsonl"), row);
        Files.writeString(folder.resolve("brief.jsonl"), row);
        CommandLineRun result = CommandLineRun.of("train", config.toString(), "--to", run, "--progress", "none");
        assertEquals(ExitCode.BAD_INPUT, result.exit());
        assertTrue(result.err().contains("no-model"), result.err());
        assertFalse(Files.exists(Path.of(run)));
    }

    @Test
    void promptsThatCannotBeRead() throws IOException {
        Path asked = folder.resolve("asked.jsonl");
        assertRefused("asked.jsonl", "generate", run, "--prompts", asked.toString());
        Files.writeString(asked, "{\"prompt\": \"p\", \"preference\": [0.7, 0.3]}\n{\"prompt\": \"p\", \"preference\": [0.7, 0.7]}\n");
        assertRefused("In asked.jsonl:2 the preference", "generate", run, "--prompts", asked.toString());
        Files.writeString(asked, "{\"prompt\": \"p\"}\n{\"promt\": \"p\"}\n");
        assertRefused("In asked.jsonl:2 the field 'prompt' is missing", "generate", run, "--prompts", asked.toString());
        Files.writeString(asked, "{\"prompt\": \"p\", \"preference\": \"all\"}\n");
        assertRefused("In asked.jsonl:1", "generate", run, "--prompts", asked.toString());
        Files.writeString(asked, "\n");
        assertRefused("no prompt in", "generate", run, "--prompts", asked.toString());
    }

    @Test
    void missingDataLeavesNoRunBehind() {
        assertRefused("helpful.jsonl", "data", "show", config.toString());
        assertRefused("helpful.jsonl", "train", config.toString(), "--to", run);
        assertFalse(Files.exists(Path.of(run)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.7,0.4", "1.2,-0.2", "0.5;0.5", "", "NaN,1"})
    void preferenceOffTheSimplex(String preference) {
        assertRefused("preference", "generate", run, "--preference", preference, "--prompt", "x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu", "cuda:", "cuda:-1", "cuda:x", "CUDA", "simulator:0"})
    void deviceThatIsNone(String device) {
        assertRefused("--device " + device + " is no device", "train", config.toString(), "--to", run, "--device", device);
    }

    @Test
    void driverThatIsNone() {
        assertRefused("--driver rocm is no driver", "train", config.toString(), "--to", run, "--driver", "rocm");
    }

    @Test
    void cudaWithoutADriver() {
        assumeTrue(DriverChoice.of(DriverChoice.Request.AUTO, () -> null).driver().isEmpty(), "this machine has a CUDA driver");
        assertRefused("--device cuda:0 cannot be used: ", "train", config.toString(), "--to", run, "--device", "cuda:0");
    }

    @Test
    void noThreads() {
        assertRefused("--threads 0", "train", config.toString(), "--to", run, "--threads", "0");
    }

    @Test
    void outputBelowAFile() throws IOException {
        Path below = config.resolve("run");
        assertRefused(below.toString(), "data", "prepare", config.toString(), "--to", below.toString());
        assertRefused(below.toString(), "train", config.toString(), "--to", below.toString());
    }

    @Test
    void folderWithoutRun() {
        assertRefused("holds no run", "evaluate", run);
        assertRefused("holds no run", "train", "--to", run, "--resume");
        assertRefused("no checkpoint yet", "evaluate", folder.toString());
    }

    @Test
    void dataOfUnknownForm() throws IOException {
        Path file = Files.writeString(folder.resolve("pairs.jsonl"), "{}");
        assertRefused("pairs.jsonl", "data", "show", file.toString());
        Path arrow = Files.writeString(folder.resolve("pairs.arrow"), "no arrow");
        assertRefused("pairs.arrow", "data", "show", arrow.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "frobnicate", "train", "train --to", "evaluate", "generate run --prompt x --temperature -1",
        "generate --prompt x", "generate run --model m --prompt x", "layout show", "data", "evaluate run --grid many", "doctor --frob"})
    void usageErrorsPointToHelp(String line) {
        assertRefused("--help", line.isEmpty() ? new String[0] : line.split(" "));
    }
}
