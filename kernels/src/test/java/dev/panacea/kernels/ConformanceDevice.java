package dev.panacea.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.cuda.DriverChoice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import java.util.List;

/** The CUDA devices that kernels are held against their contracts on. */
public enum ConformanceDevice {
    SIMULATOR {
        @Override
        public void run(Body body) {
            assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
            CheckedLaunches checks = new CheckedLaunches();
            SimulatorOptions options = SimulatorOptions.defaults().withObservers(checks.observers());
            try (HostDevice host = new HostDevice(1);
                 CudaDevice device = CudaDevice.open(new SimulatedDriver(options), 0)) {
                body.run(device, host);
            }
            assertEquals(List.of(), checks.findings(), "races, unwritten memory, barriers");
            assertEquals(List.of(), checks.leaks(), "device memory that nobody gave back");
        }
    },
    FFM {
        @Override
        public void run(Body body) {
            onHardware(DriverChoice.Request.FFM, body);
        }
    },
    JCUDA {
        @Override
        public void run(Body body) {
            onHardware(DriverChoice.Request.JCUDA, body);
        }
    };

    /** What is done with a device, beside the host that checks it. */
    @FunctionalInterface
    public interface Body {
        void run(CudaDevice device, HostDevice host);
    }

    /** Runs {@code body}; skips the test, with the reason, where this device is not present. */
    public abstract void run(Body body);

    private static void onHardware(DriverChoice.Request request, Body body) {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        DriverChoice choice = DriverChoice.of(request, () -> {
            throw new IllegalStateException("the simulator was not asked for");
        });
        assumeTrue(choice.driver().isPresent(), choice.reason());
        try (HostDevice host = new HostDevice(1); CudaDevice device = CudaDevice.open(choice.driver().orElseThrow(), 0)) {
            body.run(device, host);
        }
    }
}
