package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.List;

/**
 * Finds barriers that hardware leaves undefined: an aligned one (bar.sync, as __syncthreads is) reached by a part of a warp's live
 * lanes, one used at the same time as reduction and plain barrier or with two thread counts, and arrivals that no wait ever answers.
 * Threads that have exited are no part of a warp or of a barrier for the whole block, as on any GPU since sm_70. A barrier that never
 * completes is the engine's error; the parts that wait at it are found here all the same.
 */
public final class SyncCheck extends UnconcernedLaunch {
    private final Findings findings = new Findings(Check.SYNCHRONIZATION);
    private LaunchGeometry geometry;

    @Override
    public void launched(String kernel, LaunchGeometry launchGeometry, int sharedBytes, List<Site> sites) {
        geometry = launchGeometry;
        findings.beginLaunch();
    }

    @Override
    public BlockObserver openBlock(int block) {
        return new SyncBlock(findings, block, (int) geometry.block().count());
    }

    public List<Finding> findings() {
        return findings.list();
    }
}
