package dev.panacea.training;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same trainer, tape and model on the simulated GPU, beside float32 on the host. */
@Tag("cuda")
class SimulatedTrainingTest {
    private static final Supplier<Kernels> SIMULATOR =
        () -> Kernels.on(CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0));

    @TempDir
    private Path folder;

    @Test
    void allWeights() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        new RoundingYardstick(folder, RoundingYardstick.Training.WEIGHTS, true).measureSteps(SIMULATOR);
    }
}
