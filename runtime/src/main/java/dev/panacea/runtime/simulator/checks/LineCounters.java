package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;

/**
 * What one instruction of a kernel did in a launch.
 *
 * @param atomics lanes' atomic operations
 */
public record LineCounters(Site site, InstructionCount executed, Flops flops, Traffic globalLoads, Traffic globalStores,
    Traffic globalAtomics, SharedTraffic shared, long localBytes, long atomics, long divergentBranches) {

    static LineCounters of(Site site, SiteCounts counts) {
        int at = site.index();
        InstructionCount executed = new InstructionCount(counts.get(at, SiteCounts.WARPS), counts.get(at, SiteCounts.THREADS));
        SharedTraffic shared = new SharedTraffic(counts.get(at, SiteCounts.SHARED_REQUESTS), counts.get(at, SiteCounts.WAVEFRONTS),
            counts.get(at, SiteCounts.LEAST_WAVEFRONTS), counts.get(at, SiteCounts.SHARED_BYTES));
        return new LineCounters(site, executed, Flops.of(site, executed), traffic(at, SiteCounts.LOADS, counts),
            traffic(at, SiteCounts.STORES, counts), traffic(at, SiteCounts.ATOMICS, counts), shared, counts.get(at, SiteCounts.LOCAL_BYTES),
            counts.get(at, SiteCounts.ATOMIC_LANES), counts.get(at, SiteCounts.DIVERGED));
    }

    // An instruction is a load, a store or an atomic, so its sectors and bytes belong to the one kind of request it makes.
    private static Traffic traffic(int at, int kind, SiteCounts counts) {
        long requests = counts.get(at, kind);
        return requests == 0 ? Traffic.NONE
            : new Traffic(requests, counts.get(at, SiteCounts.SECTORS), counts.get(at, SiteCounts.GLOBAL_BYTES));
    }

    /** Loads, stores and atomics together. */
    public Traffic global() {
        return globalLoads.plus(globalStores).plus(globalAtomics);
    }

    /** @throws IllegalArgumentException unless both are of the same instruction */
    public LineCounters plus(LineCounters other) {
        if (!site.equals(other.site)) {
            throw new IllegalArgumentException(site + " and " + other.site + " are two instructions");
        }
        return new LineCounters(site, executed.plus(other.executed), flops.plus(other.flops), globalLoads.plus(other.globalLoads),
            globalStores.plus(other.globalStores), globalAtomics.plus(other.globalAtomics), shared.plus(other.shared),
            localBytes + other.localBytes, atomics + other.atomics, divergentBranches + other.divergentBranches);
    }
}
