package dev.panacea.bench.gpu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.bench.gpu.StepResult.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Steps one after another until all are done or the time is over. */
record GpuSession(Path folder, Instant end, Consumer<String> progress) {
    private static final ObjectMapper JSON = new ObjectMapper();

    List<StepResult> run(List<GpuStep> steps) {
        List<StepResult> results = new ArrayList<>();
        for (GpuStep step : steps) {
            progress.accept(step.name() + ": " + step.purpose());
            StepResult result = run(step);
            progress.accept(String.format("  %s after %.0f s: %s", result.outcome(), result.seconds(), result.detail()));
            results.add(result);
        }
        return results;
    }

    private StepResult run(GpuStep step) {
        if (step.missing().isPresent()) {
            return StepResult.skipped(step, step.missing().get());
        }
        Duration left = Duration.between(Instant.now(), end);
        if (!left.isPositive()) {
            return StepResult.outOfTime(step);
        }
        try {
            Path own = Files.createDirectories(folder.resolve(step.name()));
            Path output = own.resolve("output.txt");
            Duration limit = left.compareTo(Duration.ofSeconds(step.mostSeconds())) < 0 ? left : Duration.ofSeconds(step.mostSeconds());
            ChildProcess.Ending ending = ChildProcess.run(step.command().apply(own), output, limit);
            Outcome outcome = ending.exitCode().map(code -> code == 0 ? Outcome.PASSED : Outcome.FAILED).orElse(Outcome.TIMED_OUT);
            String text = Files.readString(output, StandardCharsets.UTF_8);
            JsonNode figures = figures(own, text);
            String detail = figures != null && text.startsWith("[") ? "its answer is in gpu.json" : step.summary().apply(text);
            return new StepResult(step.name(), step.purpose(), outcome, ending.seconds(), detail, figures);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be used", e);
        }
    }

    private static JsonNode figures(Path own, String text) throws IOException {
        Path file = own.resolve("figures.json");
        try {
            if (Files.exists(file)) {
                return JSON.readTree(file.toFile());
            }
            return text.startsWith("{") || text.startsWith("[") ? JSON.readTree(text) : null;
        } catch (JsonProcessingException e) {
            // output that only begins like JSON, or a file cut short by the time limit
            return null;
        }
    }
}
