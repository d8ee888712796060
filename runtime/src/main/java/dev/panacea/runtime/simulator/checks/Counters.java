package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts what a profiler would, launch by launch. The model of memory: a request is one warp's instruction; it moves the distinct
 * 32-byte sectors that its lanes touch; see {@link SharedTraffic} for bank conflicts. Blocks' counts add up, in whatever order they end.
 */
public final class Counters extends UnconcernedLaunch {
    private final List<LaunchCounters> launches = new ArrayList<>();
    private String kernel;
    private List<Site> sites;
    private long blocks;
    private BlockCounters sum;

    @Override
    public synchronized void launched(String name, LaunchGeometry geometry, int sharedBytes, List<Site> kernelSites) {
        kernel = name;
        sites = kernelSites;
        blocks = geometry.grid().count();
        sum = new BlockCounters(sites.size(), this::add);
    }

    @Override
    public synchronized BlockObserver openBlock(int block) {
        return new BlockCounters(sites.size(), this::add);
    }

    private synchronized void add(BlockCounters done) {
        sum.add(done);
    }

    @Override
    public synchronized void completed() {
        List<LineCounters> lines = sites.stream().map(site -> LineCounters.of(site, sum.counts()))
            .filter(line -> line.executed().warps() > 0).toList();
        launches.add(LaunchCounters.of(kernel, 1, blocks, sum.barriers(), sum.gridSynchronizations(), sum.async(), lines));
    }

    /** One for each launch so far, in their order. A launch that failed has what its finished blocks counted. */
    public synchronized List<LaunchCounters> launches() {
        return List.copyOf(launches);
    }
}
