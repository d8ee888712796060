package dev.panacea.runtime.simulator.checks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The {@link AccessHistory} of global memory during one launch, in pages that exist once touched. A page is its own lock. */
final class GlobalHistory {
    private static final int PAGE_SHIFT = 12;

    private final Map<Long, AccessHistory> pages = new ConcurrentHashMap<>();
    private int phase;

    static long pageNumber(long address) {
        return address >>> PAGE_SHIFT;
    }

    AccessHistory page(long number) {
        return pages.computeIfAbsent(number, fresh -> new AccessHistory(fresh << PAGE_SHIFT, 1 << PAGE_SHIFT));
    }

    /** The grid has come together for the {@code reached}th time, as some block says: all before is ordered before all that comes. */
    synchronized void gridSynchronized(int reached) {
        if (reached > phase) {
            phase = reached;
            pages.clear();
        }
    }
}
