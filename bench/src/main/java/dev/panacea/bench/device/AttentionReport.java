package dev.panacea.bench.device;

import dev.panacea.bench.gpu.Card;
import java.util.List;
import java.util.Locale;

/**
 * What one run of {@code bench attention} found.
 *
 * @param date ISO
 * @param driver way to CUDA
 * @param peer PyTorch's versions, or why there is none
 * @param card before the first timing; null where nvidia-smi is missing
 * @param flushBytes written between timings, so that each begins with a cold cache
 */
record AttentionReport(String date, String device, String driver, String peer, Card card, int rounds, int repeats, long flushBytes,
                       List<AttentionFigures> figures) implements DeviceCommand.Report {

    @Override
    public String table() {
        return String.format(Locale.ROOT, "%s, %s (%s)%s; %s; bfloat16, batch 1, medians of %d turns of %d timings, cold cache%n%n%s", date,
            device, driver, card == null ? "" : ", driver " + card.driver(), peer, rounds, repeats, AttentionTable.of(figures));
    }
}
