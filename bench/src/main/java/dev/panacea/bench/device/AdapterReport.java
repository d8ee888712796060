package dev.panacea.bench.device;

import dev.panacea.bench.gpu.Card;
import java.util.List;
import java.util.Locale;

/**
 * What one run of {@code bench adapter} found.
 *
 * @param date ISO
 * @param driver way to CUDA
 * @param cublas name and version, or why there is none
 * @param peer PyTorch's versions, or why there is none
 * @param card before the first timing; null where nvidia-smi is missing
 * @param copyGigabytesPerSecond of a plain copy, read and written
 * @param flushBytes written between timings, so that each begins with a cold cache
 */
record AdapterReport(String date, String device, String driver, String cublas, String peer, Card card, double copyGigabytesPerSecond,
                     int rounds, int repeats, long flushBytes, List<AdapterFigures> figures) implements DeviceCommand.Report {

    @Override
    public String table() {
        return String.format(Locale.ROOT, "%s, %s (%s)%s; %s; %s; bfloat16, medians of %d turns of %d timings, cold cache; a copy moves "
            + "%.0f GB/s%n%nA floor is the plain product with the adapter's operands in its depth, and the reads of x and dy for narrow "
            + "products at the copy's rate.%n%n%s", date, device, driver, card == null ? "" : ", driver " + card.driver(), cublas, peer,
            rounds, repeats, copyGigabytesPerSecond, AdapterTable.of(figures));
    }
}
