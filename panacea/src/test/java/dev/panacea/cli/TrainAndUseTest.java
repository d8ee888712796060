package dev.panacea.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.evaluation.Json;
import dev.panacea.run.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after the other, on real weights and rows. */
@EnabledIfEnvironmentVariable(named = "PANACEA_FIXTURES", matches = ".+", disabledReason = "PANACEA_FIXTURES names no folder of real weights")
class TrainAndUseTest {
    @TempDir
    private Path folder;

    private static CommandLineRun fine(String... arguments) {
        CommandLineRun result = CommandLineRun.of(arguments);
        assertEquals(ExitCode.FINE, result.exit(), result.err());
        return result;
    }

    @Test
    void aRunIsTrainedEvaluatedAndAskedFromAnotherProcess() throws IOException {
        Path fixtures = Path.of(System.getenv("PANACEA_FIXTURES")).toAbsolutePath();
        Path config = Files.writeString(folder.resolve("config.yaml"), """
            model: {folder: '%1$s/tinystories-656k', leading_space: false}
            data:
              {kind: safe-rlhf, files: ['%1$s/pku-saferlhf-32/train.json'], held_out: 0.3, max_prompt_tokens: 24, max_response_tokens: 24}
            training: {steps: 2, batch: 4}
            evaluation: {grid_points: 3}
            """.formatted(fixtures));
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

        assertTrue(fine("data", "show", run + "/data/held-out.arrow").out().contains("harmless"));
        CommandLineRun changed = CommandLineRun.of("train", "--to", run, "--resume", "--set", "training.steps=9");
        assertEquals(ExitCode.BAD_INPUT, changed.exit());
        assertTrue(changed.err().contains("training.steps"), changed.err());
    }
}
