package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import dev.panacea.runtime.simulator.checks.LaunchCounters;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What calls take on the simulated GPU: launches, warp instructions and bytes of global sectors. */
record SimulatedCost(long launches, long instructions, long bytes) {

    static SimulatedCost of(Consumer<CudaDevice> call) {
        return of(call, kernel -> true);
    }

    /** @param counts of which kernels, by name */
    static SimulatedCost of(Consumer<CudaDevice> call, Predicate<String> counts) {
        CheckedLaunches checks = new CheckedLaunches();
        SimulatorOptions options = SimulatorOptions.defaults().withObservers(checks.observers());
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(options), 0)) {
            call.accept(device);
        }
        assertEquals(List.of(), checks.findings());
        List<LaunchCounters> launches = checks.launches().stream().filter(launch -> counts.test(launch.kernel())).toList();
        return new SimulatedCost(launches.size(), launches.stream().mapToLong(launch -> launch.total().warps()).sum(),
            launches.stream().mapToLong(launch -> launch.global().movedBytes()).sum());
    }

    double over(SimulatedCost plain) {
        return (double) instructions / plain.instructions;
    }

    String beside(SimulatedCost plain, String name) {
        return String.format("%s: %d warp instructions of %d, %.3f; %d bytes of %d, %.3f; %d launches of %d%n", name, instructions,
            plain.instructions, over(plain), bytes, plain.bytes, (double) bytes / plain.bytes, launches, plain.launches);
    }
}
