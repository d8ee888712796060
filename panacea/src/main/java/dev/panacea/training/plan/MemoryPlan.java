package dev.panacea.training.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The device memory of work before any of it is allocated.
 *
 * @param peakBytes the most that is held at once
 * @param atPeak what it is held for, in bytes by kind
 * @param reservedBytes what a card's pool takes of its driver for that: what is held, rounding, and what is kept for reuse
 */
public record MemoryPlan(long peakBytes, Map<MemoryKind, Long> atPeak, long reservedBytes) {

    /**
     * What a process holds of a card before its first array: the driver's context, and the code of kernels. An estimate, as none was
     * measured for this version; contexts of 300 to 550 MB are usual on A100 and H100 with drivers of 2022 to 2025.
     */
    public static final long CONTEXT_BYTES = 600L << 20;

    /** Bytes of a card that are gone when the work has held most. */
    public long cardBytes() {
        return reservedBytes + CONTEXT_BYTES;
    }

    private long held(MemoryKind kind) {
        return atPeak.getOrDefault(kind, 0L);
    }

    /**
     * Bytes that a step must at least move between processor and memory: weights read forward and backward, kept activations
     * written and read, AdamW's four arrays read and three of them written.
     */
    public long leastTraffic() {
        return 2 * held(MemoryKind.FROZEN_WEIGHTS) + 2 * (held(MemoryKind.ACTIVATIONS) + held(MemoryKind.DERIVATIVE))
            + 7 * held(MemoryKind.MOMENTS) / 2;
    }

    /** A table for people. */
    public String table() {
        StringBuilder text = new StringBuilder();
        rows().forEach((name, bytes) -> text.append(String.format(Locale.ROOT, "%-30s %,18d bytes %5.1f %%%n", name, bytes,
            100.0 * bytes / peakBytes)));
        return text.append(line("most held at once", peakBytes)).toString();
    }

    /** {@link #table} and what it makes of a card. */
    public String cardTable() {
        return table() + line("rounding, and kept for reuse", reservedBytes - peakBytes)
            + line("context and code (estimate)", CONTEXT_BYTES) + line("of the card", cardBytes());
    }

    private static String line(String name, long bytes) {
        return String.format(Locale.ROOT, "%-30s %,18d bytes%n", name, bytes);
    }

    /** Bytes by name, in the order of a report; what takes none is left out. */
    public Map<String, Long> rows() {
        Map<String, Long> rows = new LinkedHashMap<>();
        for (MemoryKind kind : List.of(MemoryKind.values())) {
            if (held(kind) > 0) {
                rows.put(kind.toString(), held(kind));
            }
        }
        return rows;
    }
}
