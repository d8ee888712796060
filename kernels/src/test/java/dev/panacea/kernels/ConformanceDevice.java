package dev.panacea.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.cuda.CudaBlas;
import dev.panacea.runtime.cuda.DriverChoice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import java.util.List;
import java.util.function.Function;

/** The CUDA devices that kernels are held against their contracts on. */
public enum ConformanceDevice {
    SIMULATOR {
        @Override
        void run(Function<CudaDevice, Blas> standIn, Function<CudaDevice, Blas> cublas, Body body) {
            assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
            CheckedLaunches checks = new CheckedLaunches();
            SimulatorOptions options = SimulatorOptions.defaults().withObservers(checks.observers());
            try (HostDevice host = new HostDevice(1);
                 CudaDevice device = CudaDevice.open(new SimulatedDriver(options), 0, standIn)) {
                body.run(device, host);
            }
            assertEquals(List.of(), checks.findings(), "races, unwritten memory, barriers");
            assertEquals(List.of(), checks.leaks(), "device memory that nobody gave back");
        }
    },
    FFM {
        @Override
        void run(Function<CudaDevice, Blas> standIn, Function<CudaDevice, Blas> cublas, Body body) {
            onHardware(DriverChoice.Request.FFM, cublas, body);
        }
    },
    JCUDA {
        @Override
        void run(Function<CudaDevice, Blas> standIn, Function<CudaDevice, Blas> cublas, Body body) {
            onHardware(DriverChoice.Request.JCUDA, cublas, body);
        }
    };

    /** What is done with a device, beside the host that checks it. */
    @FunctionalInterface
    public interface Body {
        void run(CudaDevice device, HostDevice host);
    }

    /** Runs {@code body}; skips the test, with the reason, where this device is not present. */
    public void run(Body body) {
        Function<CudaDevice, Blas> none = device -> {
            throw new BadInputException("this test computes no products on cuBLAS");
        };
        run(none, none, body);
    }

    /** {@link #run(Body)} with cuBLAS, or where that is not present with a stand-in. */
    public void runWithCublas(Function<CudaDevice, Blas> standIn, Body body) {
        run(standIn, CudaBlas::on, body);
    }

    abstract void run(Function<CudaDevice, Blas> standIn, Function<CudaDevice, Blas> cublas, Body body);

    private static void onHardware(DriverChoice.Request request, Function<CudaDevice, Blas> cublas, Body body) {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        DriverChoice choice = DriverChoice.of(request, () -> {
            throw new IllegalStateException("the simulator was not asked for");
        });
        assumeTrue(choice.driver().isPresent(), choice.reason());
        try (HostDevice host = new HostDevice(1); CudaDevice device = CudaDevice.open(choice.driver().orElseThrow(), 0, cublas)) {
            body.run(device, host);
        }
    }
}
