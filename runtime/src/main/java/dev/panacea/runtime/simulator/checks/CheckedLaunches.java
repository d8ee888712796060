package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.LaunchObserver;
import java.util.List;
import java.util.stream.Stream;

/**
 * All checks and the counters, for one simulated device: give it {@link #observers()}, run, then ask for {@link #findings()} and
 * {@link #launches()}.
 */
public final class CheckedLaunches {
    private final InitCheck initialization = new InitCheck();
    private final RaceCheck races = new RaceCheck();
    private final SyncCheck synchronization = new SyncCheck();
    private final LeakCheck leaks = new LeakCheck();
    private final Counters counters = new Counters();

    public List<LaunchObserver> observers() {
        return List.of(initialization, races, synchronization, leaks, counters);
    }

    /** What was done wrong so far, leaks left aside. */
    public List<Finding> findings() {
        return Stream.of(initialization.findings(), races.findings(), synchronization.findings()).flatMap(List::stream).toList();
    }

    /** Device memory that is live now. */
    public List<Finding> leaks() {
        return leaks.findings();
    }

    public List<LaunchCounters> launches() {
        return counters.launches();
    }
}
