package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.autograd.Recomputation;
import dev.panacea.kernels.Kernels;
import dev.panacea.preference.Linear;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training with BF16 activations on the host beside the same training in float32. */
class Bf16TrainingTest {
    private static final Supplier<Kernels> BF16 = () -> Kernels.on(new HostDevice(2), DType.BF16);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"DPO,true", "DPO,false", "SFT,true", "SFT,false", "WEIGHTS,true"})
    void lossesAndGradientsAreThoseOfFloat32UpToTheirRounding(RoundingYardstick.Training training, boolean tied) {
        new RoundingYardstick(folder, training, tied).measureSteps(BF16);
    }

    @ParameterizedTest
    @CsvSource({"DPO", "SFT", "WEIGHTS"})
    void twentyStepsGoTheWayOfFloat32(RoundingYardstick.Training training) {
        new RoundingYardstick(folder, training, true).measureCurve(20, BF16);
    }

    /** The reference and a policy whose adapter has σ = 0 and s = 0 are the same arithmetic, in other batches too. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUntrainedAdapterLosesLnTwo(boolean tied) {
        try (SmallTask task = new SmallTask(folder, BF16.get(), tied)) {
            Trainer trainer = task.trainer(task.dpo(0.5), 8, new Linear(), new Trainer.Settings(true, 10_000, Recomputation.OFF, 1));
            for (double loss : trainer.step(0).losses()) {
                assertEquals(Math.log(2), loss, 1e-6);
            }
        }
    }
}
