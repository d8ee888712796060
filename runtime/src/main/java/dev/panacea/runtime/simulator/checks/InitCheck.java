package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.List;

/**
 * Finds uses of device, shared and local memory that nobody has written. Shared and local memory start unwritten; what a cp.async
 * brings counts as written once its thread has waited for it, and reading it earlier is a finding of its own. Module variables
 * count as written, since the driver reports them so; addresses outside all allocations are left to the bounds check.
 */
public final class InitCheck extends UnconcernedLaunch {
    private final Findings findings = new Findings(Check.INITIALIZATION);
    private final WrittenMemory memory = new WrittenMemory();
    private LaunchGeometry geometry;
    private int sharedBytes;
    private List<Site> sites;

    @Override
    public void allocated(long address, long bytes) {
        memory.allocated(address, bytes);
    }

    @Override
    public void freed(long address, long bytes) {
        memory.freed(address);
    }

    @Override
    public void written(long address, long bytes) {
        memory.written(address, bytes);
    }

    @Override
    public void launched(String kernel, LaunchGeometry launchGeometry, int bytes, List<Site> kernelSites) {
        geometry = launchGeometry;
        sharedBytes = bytes;
        sites = kernelSites;
        findings.beginLaunch();
    }

    @Override
    public BlockObserver openBlock(int block) {
        return new InitBlock(findings, memory, sites, block, (int) geometry.block().count(), sharedBytes);
    }

    public List<Finding> findings() {
        return findings.list();
    }
}
