package dev.panacea.runtime.simulator.checks;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was released through each address: a thread that fences and then writes it strongly orders all before the fence ahead of
 * whoever reads it strongly later. Releases at one address add up, as those of a counter do.
 */
final class Releases {

    /** For each block that released here: the clock of {@link BlockOrder} up to which its threads' accesses are ordered. */
    static final class Publication {
        private final Map<Integer, int[]> clocks = new HashMap<>();
        private int version;

        synchronized void add(int block, int[] clock, Map<Integer, int[]> known) {
            merge(clocks, block, clock);
            known.forEach((other, theirs) -> merge(clocks, other, theirs));
            version++;
        }

        /** Adds what was released to {@code known}, unless nothing came since {@code seenVersion}; returns the version now. */
        synchronized int addTo(Map<Integer, int[]> known, int seenVersion) {
            if (version != seenVersion) {
                clocks.forEach((block, clock) -> merge(known, block, clock));
            }
            return version;
        }

        private static void merge(Map<Integer, int[]> into, int block, int[] clock) {
            int[] before = into.putIfAbsent(block, clock.clone());
            if (before != null) {
                BlockOrder.merge(before, clock);
            }
        }
    }

    private final Map<Long, Publication> publications = new ConcurrentHashMap<>();

    void publish(long address, int block, int[] clock, Map<Integer, int[]> known) {
        publications.computeIfAbsent(address, fresh -> new Publication()).add(block, clock, known);
    }

    /** Null where nothing was released. */
    Publication at(long address) {
        return publications.isEmpty() ? null : publications.get(address);
    }
}
