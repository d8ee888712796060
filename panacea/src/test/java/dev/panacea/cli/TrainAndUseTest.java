package dev.panacea.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.config.TrainConfig;
import dev.panacea.evaluation.Json;
import dev.panacea.kernels.Kernels;
import dev.panacea.run.Summary;
import dev.panacea.runtime.HostDevice;
import dev.panacea.training.PreferenceRun;
import dev.panacea.training.Progress;
import dev.panacea.training.StopSignal;
import dev.panacea.training.StoppedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after the other, on real weights and rows. */
@EnabledIfEnvironmentVariable(named = "PANACEA_FIXTURES", matches = ".+",
    disabledReason = "PANACEA_FIXTURES names no folder of real weights")
class TrainAndUseTest {
    @TempDir
    private Path folder;

    private static CommandLineRun fine(String... arguments) {
        CommandLineRun result = CommandLineRun.of(arguments);
        assertEquals(ExitCode.FINE, result.exit(), result.err());
        return result;
    }

    private Path config() throws IOException {
        Path fixtures = Path.of(System.getenv("PANACEA_FIXTURES")).toAbsolutePath();
        return Files.writeString(folder.resolve("config.yaml"), """
            model: {folder: '%1$s/tinystories-656k', leading_space: false}
            data:
              {kind: safe-rlhf, files: ['%1$s/pku-saferlhf-32/train.json'], held_out: 0.3, max_prompt_tokens: 24, max_response_tokens: 24}
            training: {steps: 2, batch: 4}
            evaluation: {grid_points: 3}
            """.formatted(fixtures));
    }

    @Test
    void aStoppedRunGoesOnToTheSameBits() throws IOException {
        Path config = config();
        Path whole = folder.resolve("whole");
        Path stopped = folder.resolve("stopped");
        fine("train", config.toString(), "--to", whole.toString());

        TrainConfig resolved = TrainConfig.read(config, List.of());
        StopSignal signal = new StopSignal();
        assertFalse(signal.request(), "no loop runs yet");
        try (HostDevice device = new HostDevice()) {
            PreferenceRun run = new PreferenceRun(Kernels.on(device), resolved, Progress.SILENT, signal);
            assertThrows(StoppedException.class,
                () -> run.execute(stopped, false, PreferenceRun.Supply.of(resolved.data().source(), Progress.SILENT)));
        }
        assertTrue(Files.exists(stopped.resolve("checkpoints/step-000001/state.json")));
        fine("train", "--to", stopped.toString(), "--resume");
        String last = "checkpoints/step-000002/parameters.safetensors";
        assertEquals(-1, Files.mismatch(whole.resolve(last), stopped.resolve(last)));
    }

    @Test
    void aRunIsTrainedEvaluatedAndAsked() throws IOException {
        Path config = config();
        String run = folder.resolve("run").toString();
        Summary trained = Json.parse(fine("train", config.toString(), "--to", run, "--json", "--progress", "none").out(), Summary.class);
        assertEquals(3, trained.loss().size());

        Summary evaluated = Json.parse(fine("evaluate", run, "--json", "--progress", "none").out(), Summary.class);
        assertEquals(Json.line(trained.loss()), Json.line(evaluated.loss()));

        CommandLineRun table = fine("evaluate", run, "--grid", "5");
        assertTrue(table.out().contains("0.25, 0.75"), table.out());
        assertTrue(table.err().contains("evaluation: 6 of 6"), table.err());

        String answers = fine("generate", run, "--preference", "1,0", "--preference", "0,1", "--prompt", "Hello", "--max-tokens", "4",
            "--json").out();
        assertTrue(answers.contains("[1.0,0.0]") && answers.contains("[0.0,1.0]") && answers.contains("USER: Hello"), answers);
        manyPromptsAreAnsweredLineByLine(run);

        assertTrue(fine("data", "show", run + "/data/held-out.arrow").out().contains("harmless"));
        CommandLineRun changed = CommandLineRun.of("train", "--to", run, "--resume", "--set", "training.steps=9");
        assertEquals(ExitCode.BAD_INPUT, changed.exit());
        assertTrue(changed.err().contains("training.steps"), changed.err());
    }

    private void manyPromptsAreAnsweredLineByLine(String run) throws IOException {
        Path asked = Files.writeString(folder.resolve("asked.jsonl"), """
            {"prompt": "First", "preference": [0.25, 0.75]}
            {"prompt": "Second"}
            """);
        List<String> lines = fine("generate", run, "--prompt", "Zeroth", "--prompts", asked.toString(), "--preference", "1,0",
            "--max-tokens", "3", "--at-once", "2", "--json").out().lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).contains("Zeroth") && lines.get(0).contains("[1.0,0.0]"), lines.get(0));
        assertTrue(lines.get(1).contains("First") && lines.get(1).contains("[0.25,0.75]"), lines.get(1));
        assertTrue(lines.get(2).contains("Second") && lines.get(2).contains("[1.0,0.0]"), lines.get(2));

        Files.writeString(asked, "{\"prompt\": \"First\"}\n{\"prompt\": \"Second\", \"preference\": [0.5, 0.3, 0.2]}\n");
        CommandLineRun refused = CommandLineRun.of("generate", run, "--prompts", asked.toString());
        assertEquals(ExitCode.BAD_INPUT, refused.exit());
        assertTrue(refused.err().contains("asked.jsonl:2") && refused.err().contains("3 weights"), refused.err());
    }
}
