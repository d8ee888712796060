package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.BitSet;
import java.util.List;

/**
 * Finds accesses to the same bytes of shared or global memory by two threads, one of them a write, that nothing orders.
 *
 * <p>Order comes from barriers (bar.arrive orders what came before it ahead of those that wait), bar.warp.sync among its lanes, the
 * synchronisation of the grid, and a fence or release before a strong write that the other thread's strong read may have seen.
 * Convergence orders nothing: shuffles, votes and mma exchange registers alone, and lanes of one warp need a bar.warp.sync as
 * any threads do. Two strong accesses (atomic, volatile, relaxed, acquire, release) never race, nor does the plain load that begins a
 * compare-and-swap loop with an atomic. A cp.async writes from its start until its thread has waited for it; the rows of ldmatrix are read by other lanes than those that give the addresses. Two lanes of
 * one instruction that store to the same bytes are accused too, since the values are not known to be the same.
 */
public final class RaceCheck extends UnconcernedLaunch {
    private final Findings findings = new Findings(Check.RACE);
    private LaunchGeometry geometry;
    private int sharedBytes;
    private List<Site> sites;
    private BitSet guesses;
    private GlobalHistory global;
    private Releases releases;

    @Override
    public void launched(String kernel, LaunchGeometry launchGeometry, int bytes, List<Site> kernelSites) {
        if (kernelSites.size() > Stamp.SITES) {
            throw new IllegalArgumentException("kernel " + kernel + " has " + kernelSites.size()
                + " instructions, and the race check numbers " + Stamp.SITES + ": run it without the race check");
        }
        geometry = launchGeometry;
        sharedBytes = bytes;
        sites = kernelSites;
        guesses = FirstGuesses.of(sites);
        global = new GlobalHistory();
        releases = new Releases();
        findings.beginLaunch();
    }

    @Override
    public BlockObserver openBlock(int block) {
        Races races = new Races(findings, sites, block);
        BlockOrder order = new BlockOrder((int) geometry.block().count());
        StrongOrder strong = new StrongOrder(order, block, releases);
        return new RaceBlock(races, order, new AccessHistory(0, sharedBytes), global, strong, guesses);
    }

    @Override
    public void completed() {
        global = null;
        releases = null;
    }

    public List<Finding> findings() {
        return findings.list();
    }
}
