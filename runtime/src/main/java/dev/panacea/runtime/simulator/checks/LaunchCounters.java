package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.InstructionClass;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a profiler would say of one launch, or of several launches of one kernel.
 *
 * @param instructions of each class; classes that did not occur are absent
 * @param total all instructions
 * @param localBytes asked of local memory: spills and arrays that do not fit registers
 * @param atomics lanes' atomic operations, on global and shared memory
 * @param divergentBranches branches that sent a warp's lanes two ways
 * @param barriers completed, in all blocks
 * @param gridSynchronizations completed, counted in each block
 * @param lines that were executed, in the order of the kernel's instructions
 */
public record LaunchCounters(String kernel, long launches, long blocks, Map<InstructionClass, InstructionCount> instructions,
    InstructionCount total, Flops flops, Traffic globalLoads, Traffic globalStores, Traffic globalAtomics, SharedTraffic shared,
    long localBytes, long atomics, long divergentBranches, long barriers, long gridSynchronizations, AsyncTraffic async,
    List<LineCounters> lines) {

    static LaunchCounters of(String kernel, long launches, long blocks, long barriers, long gridSynchronizations, AsyncTraffic async,
        List<LineCounters> lines) {
        Map<InstructionClass, InstructionCount> classes = new EnumMap<>(InstructionClass.class);
        lines.forEach(line -> classes.merge(line.site().type(), line.executed(), InstructionCount::plus));
        return new LaunchCounters(kernel, launches, blocks, classes,
            sum(lines, LineCounters::executed, InstructionCount.NONE, InstructionCount::plus),
            sum(lines, LineCounters::flops, Flops.NONE, Flops::plus),
            sum(lines, LineCounters::globalLoads, Traffic.NONE, Traffic::plus),
            sum(lines, LineCounters::globalStores, Traffic.NONE, Traffic::plus),
            sum(lines, LineCounters::globalAtomics, Traffic.NONE, Traffic::plus),
            sum(lines, LineCounters::shared, SharedTraffic.NONE, SharedTraffic::plus),
            sum(lines, LineCounters::localBytes, 0L, Long::sum), sum(lines, LineCounters::atomics, 0L, Long::sum),
            sum(lines, LineCounters::divergentBranches, 0L, Long::sum), barriers, gridSynchronizations, async, lines);
    }

    private static <T> T sum(List<LineCounters> lines, Function<LineCounters, T> part, T none, BinaryOperator<T> plus) {
        return lines.stream().map(part).reduce(none, plus);
    }

    /** @throws IllegalArgumentException unless both are of one kernel */
    public LaunchCounters plus(LaunchCounters other) {
        if (!kernel.equals(other.kernel)) {
            throw new IllegalArgumentException("counters of the kernels " + kernel + " and " + other.kernel + " do not add up");
        }
        Map<Site, LineCounters> merged = new HashMap<>();
        Stream.of(lines, other.lines).flatMap(List::stream).forEach(line -> merged.merge(line.site(), line, LineCounters::plus));
        List<LineCounters> sorted = merged.values().stream().sorted(Comparator.comparing(line -> line.site().index())).toList();
        return of(kernel, launches + other.launches, blocks + other.blocks, barriers + other.barriers,
            gridSynchronizations + other.gridSynchronizations, async.plus(other.async), sorted);
    }

    /** 32-byte sectors that a global load, store or atomic touches in the mean: 4 for float32 side by side. */
    public double sectorsPerRequest() {
        return global().sectorsPerRequest();
    }

    /** Passes over the banks of shared memory that an access takes in the mean beyond what its width needs. */
    public double conflictsPerRequest() {
        return shared.conflictsPerRequest();
    }

    /** Instructions that warps executed for each floating-point operation; 0 without any. */
    public double instructionsPerFlop() {
        return Ratio.of(total.warps(), flops.total());
    }

    /** Mean number of lanes that an instruction kept busy, at most 32. */
    public double activeLanes() {
        return total.activeLanes();
    }

    /** Loads, stores and atomics together. */
    public Traffic global() {
        return globalLoads.plus(globalStores).plus(globalAtomics);
    }

    /** All of it as text for people, with the instructions that cost most of what should not be. */
    public String table() {
        return new CountersTable(this).text();
    }
}
