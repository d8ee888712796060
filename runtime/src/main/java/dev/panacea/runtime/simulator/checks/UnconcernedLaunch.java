package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.LaunchObserver;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.List;

/** Ignores whatever a check does not look at. */
abstract class UnconcernedLaunch implements LaunchObserver {
    @Override
    public void allocated(long address, long bytes) { }

    @Override
    public void freed(long address, long bytes) { }

    @Override
    public void written(long address, long bytes) { }

    @Override
    public void launched(String kernel, LaunchGeometry geometry, int sharedBytes, List<Site> sites) { }

    @Override
    public void completed() { }
}
