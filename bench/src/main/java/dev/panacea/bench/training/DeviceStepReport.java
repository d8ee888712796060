package dev.panacea.bench.training;

import dev.panacea.bench.gpu.Card;
import dev.panacea.bench.training.DeviceStepFigures.KernelTime;
import dev.panacea.bench.training.DeviceStepFigures.Rival;
import java.util.List;
import java.util.Locale;

/**
 * What one run of {@code bench step} on a CUDA device found.
 *
 * @param date ISO
 * @param driver way to CUDA
 * @param peer PyTorch's versions, or why there is none
 * @param before the card as the run began, after as it ended; null where nvidia-smi is missing
 */
public record DeviceStepReport(String date, String device, String driver, String peer, Card before, Card after, int rounds, int steps,
                               List<DeviceStepFigures> figures) {
    private static final double GIGABYTE = 1e-9;

    /** Markdown. */
    public String table() {
        String card = before == null ? "" : ", driver " + before.driver() + ", " + before.clock() + " before and "
            + (after == null ? "unknown" : after.clock()) + " after";
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%s, %s (%s)%s; %s; bfloat16, rank %d, medians of %d turns of "
            + "%d steps%n%n", date, device, driver, card, peer, StepShape.RANK, rounds, steps));
        text.append("| model | step | tokens | recomputation | by | ms (p20–p80) | tokens/s | speed of the own over it | MFU | HFU "
            + "| floor ms | peak GB | planned GB | loss |\n|---|---|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        figures.forEach(one -> text.append(rows(one)));
        figures.forEach(one -> text.append(kernels(one)));
        return text.toString();
    }

    static String rows(DeviceStepFigures f) {
        StringBuilder rows = new StringBuilder(String.format(Locale.ROOT,
            "%s this project | %.1f (%.1f–%.1f) | %.0f | | %.3f | %.3f | %.1f | %.2f | %.2f | %.4f |%n", key(f), f.milliseconds().median(),
            f.milliseconds().p20(), f.milliseconds().p80(), f.tokensPerSecond(), f.mfu(), f.hfu(), f.floorMilliseconds(),
            f.peakBytes() * GIGABYTE, f.plannedBytes() * GIGABYTE, f.loss()));
        f.peers().forEach((way, rival) -> rows.append(key(f)).append(" PyTorch, ").append(way).append(rival(f, rival)));
        return rows.toString();
    }

    private static String key(DeviceStepFigures f) {
        return "| " + f.model() + " | " + f.objective() + " | " + f.tokens() + " | " + f.recomputation() + " |";
    }

    private static String rival(DeviceStepFigures f, Rival r) {
        if (r.reason() != null) {
            return " | did not run: " + r.reason().replace('|', '/') + " | | | | | | | | |\n";
        }
        double share = f.milliseconds().median() / r.milliseconds().median();
        return String.format(Locale.ROOT, " | %.1f (%.1f–%.1f) | %.0f | %.2fx | %.3f | %.3f | | %.2f | | %.4f |%n",
            r.milliseconds().median(), r.milliseconds().p20(), r.milliseconds().p80(), r.tokensPerSecond(), r.speed(), f.mfu() * share,
            f.hfu() * share, r.peakBytes() * GIGABYTE, r.loss());
    }

    private static String kernels(DeviceStepFigures f) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%nOne step of %s, %s, by kernel, every launch between two marks"
            + "%n%n| kernels | ms | floor ms |%n|---|--:|--:|%n", f.model(), f.objective()));
        for (KernelTime kernel : f.kernels()) {
            text.append(String.format(Locale.ROOT, "| %s | %.3f | %.3f |%n", kernel.family(), kernel.milliseconds(),
                kernel.floorMilliseconds()));
        }
        return text.append(String.format(Locale.ROOT, "| outside of marked launches | %.3f | |%n", f.unmarked())).toString();
    }
}
