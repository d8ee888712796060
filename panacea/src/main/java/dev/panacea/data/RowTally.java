package dev.panacea.data;

import java.util.HashMap;
import java.util.Map;

/** Counts rows while they are read; {@link #report} is their account so far. */
public final class RowTally {

    private final Map<String, Long> dropped = new HashMap<>();
    private long kept;

    public RowTally() { }

    public void keep() {
        kept++;
    }

    public void drop(String reason) {
        dropped.merge(reason, 1L, Long::sum);
    }

    public ReadReport report() {
        return new ReadReport(kept + dropped.values().stream().mapToLong(Long::longValue).sum(), kept, dropped);
    }
}
