package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link SyncCheck} within one block. */
final class SyncBlock extends UnconcernedBlock {

    /** Some lanes of a warp where all must come. */
    private record Part(Site site, int warp, int lanes) { }

    /** A barrier that some threads have reached, from its first arrival to its completion. */
    private final class Phase {
        private final Site first;
        private final int[] arrived = new int[exited.length];
        private final List<Part> parts = new ArrayList<>();

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
        Phase phase = phases.computeIfAbsent(barrier, fresh -> new Phase(site));
        phase.arrived[warp] |= lanes;
        BarrierUse use = use(site);
        if (use.aligned() && absent(warp, lanes) != 0) {
            phase.parts.add(new Part(site, warp, lanes));
        }
        if (!use.agreesWith(use(phase.first))) {
            findings.report("mixed", site, phase.first, block, () -> "barrier " + barrier + " of block " + block
                + " is used in two ways at once: " + Lanes.name(warp, lanes) + " by " + site + ", others before by " + phase.first);
        }
    }

    /** Lanes that are alive and not among {@code lanes}. */
    private int absent(int warp, int lanes) {
        return Lanes.existing(warp, threads) & ~exited[warp] & ~lanes;
    }

    @Override
    public void barrierCompleted(int barrier) {
        Phase phase = phases.remove(barrier);
        if (phase != null) {
            judge(phase, barrier);
        }
    }

    // Only now, as lanes that were absent may have been about to exit.
    private void judge(Phase phase, int barrier) {
        for (Part part : phase.parts) {
            int absent = absent(part.warp, part.lanes);
            if (absent != 0) {
                findings.report("divergent", part.site, null, block, () -> Lanes.name(part.warp, part.lanes) + " of block " + block
                    + " reach barrier " + barrier + " without " + Lanes.name(part.warp, absent)
                    + ", though all of a warp must execute it together: " + part.site);
            }
        }
    }

    @Override
    public void exited(Site site, int warp, int lanes) {
        exited[warp] |= lanes;
    }

    @Override
    public void close() {
        phases.forEach((barrier, phase) -> {
            judge(phase, barrier);
            open(barrier, phase);
        });
    }

    private void open(int barrier, Phase phase) {
        int warp = 0;
        while (phase.arrived[warp] == 0) {
            warp++;
        }
        String who = Lanes.name(warp, phase.arrived[warp]);
        findings.report("open", phase.first, null, block, () -> "block " + block + " ends while barrier " + barrier
            + " has arrivals and is not complete: " + who + " at " + phase.first);
    }

    private BarrierUse use(Site site) {
        return uses.computeIfAbsent(site, BarrierUse::of);
    }
}
