package dev.panacea.cli;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.WarpOrder;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a simulation runs; mixed into every kernel of {@code simulate}. */
final class SimulationOptions {
    @Option(names = "--threads", paramLabel = "N", description = "CPU threads (default: every core); results do not depend on it.")
    private Optional<Integer> threads;

    @Option(names = "--order", paramLabel = "SEED",
        description = "Runs warps in a random order, which shows what depends on theirs (default: one after another).")
    private Optional<Long> order;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "10000000000",
        description = "Ends a launch after this many warp instructions (default: ${DEFAULT-VALUE}).")
    private long limit;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "17", description = "Of random inputs (default: ${DEFAULT-VALUE}).")
    private long seed;

    long seed() {
        return seed;
    }

    SimulatorOptions simulator() {
        threads.filter(count -> count < 1).ifPresent(count -> {
            throw new BadInputException("--threads " + count + " leaves nothing to compute with; give at least 1");
        });
        if (limit < 1) {
            throw new BadInputException("--limit " + limit + " lets nothing run; give at least 1");
        }
        SimulatorOptions options = SimulatorOptions.defaults().withInstructionLimit(limit);
        options = threads.map(options::withWorkers).orElse(options);
        return order.map(WarpOrder::random).map(options::withOrder).orElse(options);
    }
}
