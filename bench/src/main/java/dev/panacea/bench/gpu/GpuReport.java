package dev.panacea.bench.gpu;

import dev.panacea.bench.gpu.StepResult.Outcome;
import java.util.List;
import java.util.Locale;

/**
 * All that one session on a GPU machine found.
 *
 * @param date ISO, with time
 * @param before the card as the session began, after as it ended; null where there is none
 */
record GpuReport(String date, Card before, Card after, double seconds, List<StepResult> steps) {

    /** Markdown. */
    String table() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%s, %s, %.0f s%n%n", date,
            before == null ? "no GPU" : before.name() + ", driver " + before.driver() + ", " + before.clock() + " before and "
                + (after == null ? "unknown" : after.clock()) + " after", seconds));
        text.append("| step | outcome | seconds | detail |\n|---|---|--:|---|\n");
        for (StepResult step : steps) {
            text.append(String.format(Locale.ROOT, "| %s: %s | %s | %.1f | %s |%n", step.name(), step.purpose(),
                step.outcome().name().toLowerCase(Locale.ROOT), step.seconds(), step.detail().replace("|", "\\|")));
        }
        steps.stream().map(StepResult::figures).filter(BenchmarkRows::fits)
            .forEach(figures -> text.append("\n").append(BenchmarkRows.of(figures)));
        return text.toString();
    }

    boolean failed() {
        return steps.stream().anyMatch(step -> step.outcome() == Outcome.FAILED);
    }
}
