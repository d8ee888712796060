package dev.panacea.training.plan;

import java.util.EnumMap;
import java.util.Map;

/** Bytes held by kind, and what was held when it was most. */
final class Ledger {
    private final Map<MemoryKind, Long> held = new EnumMap<>(MemoryKind.class);
    private Map<MemoryKind, Long> atPeak = Map.of();
    private long total;
    private long peak;
    private long peakBesideScratch;

    void take(MemoryKind kind, long bytes) {
        held.merge(kind, bytes, Long::sum);
        total += bytes;
        if (kind != MemoryKind.SCRATCH) {
            peakBesideScratch = Math.max(peakBesideScratch, total);
        }
        if (total > peak) {
            peak = total;
            atPeak = new EnumMap<>(held);
        }
    }

    void giveBack(MemoryKind kind, long bytes) {
        held.merge(kind, -bytes, Long::sum);
        total -= bytes;
    }

    /** Takes and at once gives back: a kernel's scratch. */
    void pass(MemoryKind kind, long bytes) {
        take(kind, bytes);
        giveBack(kind, bytes);
    }

    long held(MemoryKind kind) {
        return held.getOrDefault(kind, 0L);
    }

    long peak() {
        return peak;
    }

    /** The most that is held while no kernel holds scratch. */
    long peakBesideScratch() {
        return peakBesideScratch;
    }

    Map<MemoryKind, Long> atPeak() {
        return atPeak;
    }
}
