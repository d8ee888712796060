package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;
import java.util.HashMap;
import java.util.Map;

/** {@link SyncCheck} within one block. */
final class SyncBlock extends UnconcernedBlock {

    /** A barrier that some threads have reached, from its first arrival to its completion. */
    private final class Phase {
        private final Site first;
        private final int[] arrived = new int[exited.length];

        Phase(Site first) {
            this.first = first;
        }
    }

    private final Findings findings;
    private final int block;
    private final int threads;
    private final int[] exited;
    private final Map<Integer, Phase> phases = new HashMap<>();
    private final Map<Site, BarrierUse> uses = new HashMap<>();

    SyncBlock(Findings findings, int block, int threads) {
        this.findings = findings;
        this.block = block;
        this.threads = threads;
        this.exited = new int[Math.ceilDiv(threads, Lanes.WARP)];
    }

    @Override
    public void barrierReached(Site site, int warp, int barrier, int lanes, boolean waits) {
        BarrierUse use = use(site);
        int absent = Lanes.existing(warp, threads) & ~exited[warp] & ~lanes;
        if (use.aligned() && absent != 0) {
            findings.report("divergent", site, null, block, () -> Lanes.name(warp, lanes) + " of block " + block + " reach barrier "
                + barrier + " without " + Lanes.name(warp, absent) + ", though all of a warp must execute it together: " + site);
        }
        Phase phase = phases.computeIfAbsent(barrier, fresh -> new Phase(site));
        phase.arrived[warp] |= lanes;
        if (!use.agreesWith(use(phase.first))) {
            findings.report("mixed", site, phase.first, block, () -> "barrier " + barrier + " of block " + block
                + " is used in two ways at once: " + Lanes.name(warp, lanes) + " by " + site + ", others before by " + phase.first);
        }
    }

    @Override
    public void barrierCompleted(int barrier) {
        Phase phase = phases.remove(barrier);
        if (phase == null || use(phase.first).threads() != BarrierUse.ALL) {
            return;
        }
        for (int warp = 0; warp < exited.length; warp++) {
            int gone = exited[warp] & ~phase.arrived[warp];
            if (gone != 0) {
                exitedBefore(phase.first, barrier, warp, gone);
                return;
            }
        }
    }

    private void exitedBefore(Site site, int barrier, int warp, int gone) {
        findings.report("exited", site, null, block, () -> "barrier " + barrier + " of block " + block
            + ", for all threads, completes after " + Lanes.name(warp, gone) + " have exited without reaching it: " + site);
    }

    @Override
    public void exited(Site site, int warp, int lanes) {
        exited[warp] |= lanes;
    }

    @Override
    public void close() {
        phases.forEach((barrier, phase) -> {
            int warp = 0;
            while (phase.arrived[warp] == 0) {
                warp++;
            }
            String who = Lanes.name(warp, phase.arrived[warp]);
            findings.report("open", phase.first, null, block, () -> "block " + block + " ends while barrier " + barrier
                + " has arrivals and is not complete: " + who + " at " + phase.first);
        });
    }

    private BarrierUse use(Site site) {
        return uses.computeIfAbsent(site, BarrierUse::of);
    }
}
