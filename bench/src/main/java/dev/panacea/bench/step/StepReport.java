package dev.panacea.bench.step;

import dev.panacea.bench.Machine;
import java.util.List;
import java.util.Locale;

/**
 * All figures of one run of the benchmark.
 *
 * @param warmUp untimed steps before the timed ones
 * @param steps timed of each configuration
 */
public record StepReport(Machine machine, int warmUp, int steps, List<StepFigures> figures) {
    private static final String ROW = "| %s | %s | %d | %d | %.1f (%.1f–%.1f) | %.1f (%.1f–%.1f) | %.2f | %.0f | %.2f | %.0f | %.0f "
        + "| %.0f | %.0f | %.1f | %.1f |%n";

    /** Markdown. */
    String table() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
            "%s, %s, %d cores with a load of %.1f, %s, %s; %d steps after %d of warm-up%n%n",
            machine.date(), machine.processor(), machine.cores(), machine.load(), machine.jdk(), machine.blas(), steps, warmUp));
        text.append("| model | precision | threads | tokens | step ms (p20–p80) | products ms (p20–p80) | ratio | tokens/s | GFLOP | "
            + "GFLOP/s products | GFLOP/s step | floor ms, arithmetic | floor ms, memory | peak MB | planned MB |\n");
        text.append("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        figures.forEach(row -> text.append(row(row)));
        return text.toString();
    }

    private static String row(StepFigures f) {
        return String.format(Locale.ROOT, ROW, f.model(), f.precision(), f.threads(), f.tokens(), f.step().median(), f.step().p20(),
            f.step().p80(), f.products().median(), f.products().p20(), f.products().p80(), f.ratio(), f.tokensPerSecond(),
            f.productGflop(), f.gflopsInProducts(), f.gflopsInStep(), f.floors().arithmetic(), f.floors().memory(),
            f.peakBytes() * 1e-6, f.plannedPeakBytes() * 1e-6);
    }
}
