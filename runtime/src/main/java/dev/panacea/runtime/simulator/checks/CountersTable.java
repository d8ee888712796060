package dev.panacea.runtime.simulator.checks;

import java.util.Comparator;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** {@link LaunchCounters} as text: what was done, then which instructions cost most of what should not be. */
final class CountersTable {
    private static final int WORST = 5;

    private final LaunchCounters counters;
    private final StringBuilder text = new StringBuilder();

    CountersTable(LaunchCounters counters) {
        this.counters = counters;
    }

    String text() {
        line("%s: %,d launches, %,d blocks", counters.kernel(), counters.launches(), counters.blocks());
        line("  %-22s %,d by warps, %.1f lanes of 32 active", "instructions", counters.total().warps(), counters.activeLanes());
        counters.instructions().forEach((type, count) ->
            line("    %-20s %,d", type.name().toLowerCase(Locale.ROOT).replace('_', ' '), count.warps()));
        Flops flops = counters.flops();
        line("  %-22s %,d f32, %,d f16, %,d f64, %,d tensor; %.4f instructions each", "FLOPs", flops.single(), flops.half(),
            flops.doubles(), flops.tensor(), counters.instructionsPerFlop());
        traffic("global loads", counters.globalLoads());
        traffic("global stores", counters.globalStores());
        traffic("global atomics", counters.globalAtomics());
        line("  %-22s %,d requests, %,d wavefronts, %,d of them conflicts (%.2f a request)", "shared", counters.shared().requests(),
            counters.shared().wavefronts(), counters.shared().conflicts(), counters.conflictsPerRequest());
        line("  %-22s %,d bytes in %,d groups, at most %d in flight", "cp.async", counters.async().bytes(), counters.async().groups(),
            counters.async().greatestInFlight());
        line("  %-22s %,d", "local bytes", counters.localBytes());
        line("  %-22s %,d", "atomics of lanes", counters.atomics());
        line("  %-22s %,d", "divergent branches", counters.divergentBranches());
        line("  %-22s %,d of blocks, %,d of the grid", "barriers", counters.barriers(), counters.gridSynchronizations());
        worst("bank conflicts", line -> line.shared().conflicts());
        worst("sectors beyond the bytes asked for", CountersTable::wastedSectors);
        worst("divergent branches", LineCounters::divergentBranches);
        return text.toString();
    }

    private void traffic(String name, Traffic traffic) {
        line("  %-22s %,d requests, %,d sectors (%.2f a request), %,d of %,d bytes useful", name, traffic.requests(), traffic.sectors(),
            traffic.sectorsPerRequest(), traffic.usefulBytes(), traffic.movedBytes());
    }

    private void worst(String what, ToLongFunction<LineCounters> cost) {
        var costly = counters.lines().stream().filter(line -> cost.applyAsLong(line) > 0)
            .sorted(Comparator.comparingLong(cost).reversed()).limit(WORST).toList();
        if (!costly.isEmpty()) {
            line("  most %s:", what);
            costly.forEach(line -> line("    %,14d  line %d: %s", cost.applyAsLong(line), line.site().line(), line.site().text()));
        }
    }

    private static long wastedSectors(LineCounters line) {
        Traffic global = line.global();
        return global.sectors() - Math.min(global.sectors(), Math.ceilDiv(global.usefulBytes(), Sectors.BYTES));
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
