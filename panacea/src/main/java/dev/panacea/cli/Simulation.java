package dev.panacea.cli;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import java.util.function.ToLongFunction;

/** One run on a simulated GPU with all checks and counters. */
final class Simulation {
    private static final double NANOSECOND = 1e-9;

    private Simulation() { }

    /** @param work runs on the device and gives the bytes that it must move at least, 0 where that is not known */
    static SimulationReport run(SimulationOptions options, ToLongFunction<CudaDevice> work) {
        CheckedLaunches checks = new CheckedLaunches();
        long start = System.nanoTime();
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(options.simulator().withObservers(checks.observers())), 0)) {
            long floor = work.applyAsLong(device);
            return SimulationReport.of(checks, floor, (System.nanoTime() - start) * NANOSECOND);
        }
    }
}
