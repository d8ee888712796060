package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.autograd.Recomputation;
import dev.panacea.kernels.Kernels;
import dev.panacea.preference.Linear;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same trainer, tape and model on the simulated GPU, beside float32 on the host. */
@Tag("cuda")
class SimulatedTrainingTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void needPtx() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
    }

    private static Kernels simulator() {
        return Kernels.on(CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0));
    }

    // a family that is missing says so by its name
    private static void needAdapters() {
        Kernels kernels = simulator();
        String family = kernels.svdLoraLinear().toString();
        kernels.device().close();
        assumeFalse(family.startsWith("no "), family);
    }

    @ParameterizedTest
    @EnumSource
    void lossesAndGradientsAreThoseOfFloat32UpToTheirRounding(RoundingYardstick.Training training) {
        if (training != RoundingYardstick.Training.WEIGHTS) {
            needAdapters();
        }
        new RoundingYardstick(folder, training, true).measureSteps(SimulatedTrainingTest::simulator);
    }

    @Test
    void anUntrainedAdapterLosesLnTwo() {
        needAdapters();
        try (SmallTask task = new SmallTask(folder, simulator(), true)) {
            Trainer trainer = task.trainer(task.dpo(0.5), 8, new Linear(), new Trainer.Settings(true, 10_000, Recomputation.OFF, 1));
            for (double loss : trainer.step(0).losses()) {
                assertEquals(Math.log(2), loss, 1e-6);
            }
        }
    }

    @Test
    void whatIsComputedAgainGivesTheSameBits() {
        float[] kept = gradients(Recomputation.OFF);
        assertArrayEquals(kept, gradients(Recomputation.SELECTIVE));
        assertArrayEquals(kept, gradients(Recomputation.FULL));
    }

    private float[] gradients(Recomputation recomputation) {
        try (SmallTask task = new SmallTask(folder, simulator(), true).withTrainedAdapter()) {
            task.trainer(task.sft(), 3, new Linear(), new Trainer.Settings(true, 10_000, recomputation, 1)).step(0);
            return task.adapter().parameters().gradients().toFloats();
        }
    }
}
