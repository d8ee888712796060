package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.HashMap;
import java.util.Map;

/**
 * The order that fences and strong accesses make, for one block: flags, locks, counters of finished blocks. Every strong read is
 * taken to acquire, fenced after or not, a fence of the scope cta to order blocks, and what one thread acquires from another block its
 * whole block to have: all err to silence.
 */
final class StrongOrder {
    private final BlockOrder order;
    private final int block;
    private final Releases ofGlobal;
    private final Releases ofShared = new Releases();
    private final Map<Integer, int[]> known = new HashMap<>();
    private final int[] due = new int[Lanes.WARP];
    private final long[] addresses = new long[Lanes.WARP * Lanes.WARP];
    private final Releases.Publication[] last = new Releases.Publication[Lanes.WARP * Lanes.WARP];
    private final int[] lastVersion = new int[Lanes.WARP * Lanes.WARP];

    StrongOrder(BlockOrder order, int block, Releases ofGlobal) {
        this.order = order;
        this.block = block;
        this.ofGlobal = ofGlobal;
    }

    /** Whether what {@code thread} of another block did up to {@code epoch} is ordered before what this block does now. */
    boolean precedes(int otherBlock, int thread, int epoch) {
        int[] clock = known.get(otherBlock);
        return clock != null && clock[thread] >= epoch;
    }

    void fenced(int warp, int lanes) {
        settle(warp);
        for (int left = lanes; left != 0; left = Lanes.rest(left)) {
            order.fenced(warp * Lanes.WARP + Lanes.first(left));
        }
    }

    /** To be called after the strong accesses of one instruction have been judged. */
    void accessed(Site site, int warp, MemorySpace space, AccessKind kind, long[] at, int lanes) {
        boolean releases = site.text().contains(".release") || site.text().contains(".acq_rel");
        for (int left = lanes; left != 0; left = Lanes.rest(left)) {
            int lane = Lanes.first(left);
            int thread = warp * Lanes.WARP + lane;
            // Shared addresses are small; their complements are no global address.
            addresses[thread] = space == MemorySpace.SHARED ? ~at[lane] : at[lane];
            if (kind.writes()) {
                release(thread, releases);
            }
        }
        due[warp] = kind.reads() ? lanes : 0;
    }

    private void release(int thread, boolean itself) {
        if (itself) {
            order.fenced(thread);
        }
        int[] clock = order.released(thread);
        if (clock != null) {
            at(addresses[thread]).publish(addresses[thread], block, clock, known);
        }
    }

    private Releases at(long address) {
        return address < 0 ? ofShared : ofGlobal;
    }

    /** Takes what the warp's last strong reads acquired: only now, since what they read was decided after they were announced. */
    void settle(int warp) {
        for (int left = due[warp]; left != 0; left = Lanes.rest(left)) {
            int thread = warp * Lanes.WARP + Lanes.first(left);
            acquire(thread);
        }
        due[warp] = 0;
    }

    private void acquire(int thread) {
        Releases.Publication publication = at(addresses[thread]).at(addresses[thread]);
        if (publication == null) {
            return;
        }
        int version = publication.addTo(known, publication == last[thread] ? lastVersion[thread] : 0);
        last[thread] = publication;
        lastVersion[thread] = version;
        int[] own = known.remove(block);
        if (own != null) {
            order.acquired(thread, own);
        }
    }
}
