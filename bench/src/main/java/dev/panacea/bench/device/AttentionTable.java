package dev.panacea.bench.device;

import dev.panacea.bench.device.AttentionFigures.Rival;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Figures of attention for people: Markdown. */
final class AttentionTable {
    private static final String COLUMNS = """
        | tokens | heads | key/value heads | D | mask | pass | ms (p20–p80) | TFLOP/s | PyTorch flash | cuDNN | clock |
        |--:|--:|--:|--:|---|---|--:|--:|--:|--:|--:|
        """;

    private AttentionTable() { }

    static String of(List<AttentionFigures> figures) {
        StringJoiner rows = new StringJoiner("\n", COLUMNS, "\n");
        figures.forEach(one -> rows.add(row(one)));
        return rows.toString();
    }

    static String row(AttentionFigures f) {
        return String.format(Locale.ROOT, "| %d | %d | %d | %d | %s | %s | %.3f (%.3f–%.3f) | %.1f | %s | %s | %s |", f.shape().tokens(),
            f.shape().heads(), f.shape().keyValueHeads(), f.shape().dimension(), f.shape().causal() ? "causal" : "none",
            f.backward() ? "forward + backward" : "forward", f.milliseconds().median(), f.milliseconds().p20(), f.milliseconds().p80(),
            f.teraflops(), rival(f.rivals().get("flash")), rival(f.rivals().get("cudnn")), f.card() == null ? "unknown" : f.card().clock());
    }

    private static String rival(Rival rival) {
        if (rival == null) {
            return "not asked";
        }
        return rival.reason() != null ? "did not run" : String.format(Locale.ROOT, "%.3f ms, %.2fx", rival.milliseconds().median(),
            rival.speed());
    }
}
