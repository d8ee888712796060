package dev.panacea.bench.device;

import dev.panacea.bench.gpu.Card;
import java.util.List;
import java.util.Locale;

/**
 * What one run of {@code bench streaming} found.
 *
 * @param before the card as the run began, after as it ended; null where nvidia-smi is missing
 */
record StreamingReport(String date, String device, String driver, Card before, Card after, int rounds, int repeats,
                       List<StreamingFigures> figures) implements DeviceCommand.Report {

    @Override
    public String table() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
            "%s, %s (%s)%s; medians of %d turns of %d timings, cold cache%n%n", date, device, driver,
            before == null ? "" : ", driver " + before.driver() + ", " + before.clock() + " before and "
                + (after == null ? "unknown" : after.clock()) + " after", rounds, repeats));
        text.append("| call | MB | ms (p20–p80) | GB/s | of the copy's rate |\n|---|--:|--:|--:|--:|\n");
        for (StreamingFigures f : figures) {
            text.append(String.format(Locale.ROOT, "| %s | %.1f | %.4f (%.4f–%.4f) | %.0f | %.2f |%n", f.name(), f.bytes() * 1e-6,
                f.milliseconds().median(), f.milliseconds().p20(), f.milliseconds().p80(), f.gigabytesPerSecond(), f.ofCopy()));
        }
        return text.toString();
    }
}
