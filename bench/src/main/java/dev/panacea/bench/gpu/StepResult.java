package dev.panacea.bench.gpu;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How one step ended.
 *
 * @param detail what it printed in one line, or why it did not run
 * @param figures what it measured; null for nothing
 */
record StepResult(String name, String purpose, Outcome outcome, double seconds, String detail, JsonNode figures) {

    /** TIMED_OUT: stopped at its limit, or not begun because the session's time was over. */
    enum Outcome { PASSED, FAILED, SKIPPED, TIMED_OUT }

    static StepResult skipped(GpuStep step, String reason) {
        return new StepResult(step.name(), step.purpose(), Outcome.SKIPPED, 0, reason, null);
    }

    static StepResult outOfTime(GpuStep step) {
        return new StepResult(step.name(), step.purpose(), Outcome.TIMED_OUT, 0, "not begun: the session's time was over", null);
    }
}
