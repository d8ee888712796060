package dev.panacea.bench.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.StringJoiner;

/** What JMH measured, as a table: its JSON result, one row a benchmark. */
final class BenchmarkRows {
    private BenchmarkRows() { }

    /** Whether {@code figures} are JMH's; they may be null. */
    static boolean fits(JsonNode figures) {
        return figures != null && figures.isArray() && !figures.isEmpty() && figures.get(0).has("primaryMetric");
    }

    /** Markdown. */
    static String of(JsonNode figures) {
        StringBuilder text = new StringBuilder("| benchmark | parameters | p50 | score | bytes an operation |\n|---|---|--:|--:|--:|\n");
        figures.forEach(row -> text.append(row(row)));
        return text.toString();
    }

    private static String row(JsonNode row) {
        String name = row.get("benchmark").asText();
        StringJoiner parameters = new StringJoiner(", ");
        row.path("params").properties().forEach(parameter -> parameters.add(parameter.getKey() + " " + parameter.getValue().asText()));
        JsonNode metric = row.get("primaryMetric");
        JsonNode bytes = row.path("secondaryMetrics").path("gc.alloc.rate.norm").path("score");
        String allocated = bytes.isNumber() ? String.format(Locale.ROOT, "%.2f", bytes.asDouble()) : "unknown";
        return String.format(Locale.ROOT, "| %s | %s | %.1f | %.1f ± %.1f %s | %s |%n", name.substring(name.lastIndexOf('.') + 1),
            parameters, metric.path("scorePercentiles").path("50.0").asDouble(), metric.get("score").asDouble(),
            metric.path("scoreError").asDouble(), metric.path("scoreUnit").asText(), allocated);
    }
}
