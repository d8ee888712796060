package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.Recomputation;
import dev.panacea.config.TrainConfig;
import dev.panacea.data.Batching;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.objective.AdapterPolicy;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.training.LoadedModel;
import dev.panacea.training.PreparedData;
import dev.panacea.training.Progress;
import dev.panacea.training.Trainer;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step gives back all that it took, and a device that has seen every batch takes nothing more from the system. */
class SteadyMemoryTest {
    private static final int STEPS = 10_000;
    private static final int UNTIL_EVERY_BATCH_WAS_SEEN = 500;

    @TempDir
    Path temporary;

    @Test
    void tenThousandStepsTakeNoMoreThanTheFirst() {
        TinyExperiment experiment = TinyExperiment.in(temporary.resolve("experiment"));
        TrainConfig config = TrainConfig.read(Path.of(experiment.config()), List.of("training.batch=1", "data.max_response_tokens=3"));
        try (HostDevice device = new HostDevice();
             LoadedModel model = LoadedModel.open(Kernels.on(device), config.model());
             PreparedData data = PreparedData.in(temporary.resolve("data"), () -> config.data().source().read().data(), config, model,
                 Progress.SILENT);
             MemoryScope memory = model.memory().child("training");
             Trainer trainer = trainer(config, model, data, memory)) {
            for (long step = 0; step < UNTIL_EVERY_BATCH_WAS_SEEN; step++) {
                trainer.step(step);
            }
            long held = device.heldBytes();
            long reserved = device.reservedBytes();
            for (long step = UNTIL_EVERY_BATCH_WAS_SEEN; step < STEPS; step++) {
                trainer.step(step);
            }
            assertEquals(held, device.heldBytes());
            assertEquals(reserved, device.reservedBytes());
        }
    }

    private static Trainer trainer(TrainConfig config, LoadedModel model, PreparedData data, MemoryScope memory) {
        int dimensions = data.dimensions().size();
        SvdLoraAdapter adapter = new SvdLoraAdapter(model.model().kernels(), memory,
            config.adapter().resolve(model.model().config(), dimensions), dimensions);
        adapter.initialize(new SplittableRandom(config.seed()));
        Optimizer optimizer = new Optimizer(model.model().kernels(), memory, adapter.parameters(), config.optimizer().adamW());
        return new Trainer(model.model().kernels(), memory, adapter.parameters(),
            new AdapterPolicy(adapter, Optional.of(SvdLoraLinear.Path.UNMERGED)),
            data.train(), optimizer, new Batching(data.train().items(), config.training().batch(), config.seed()),
            config.preference().sampler(config.seed(), dimensions), config.objective().scalarize(), config.optimizer().rate(STEPS),
            new Trainer.Settings(false, config.training().tokenBudget(), Recomputation.OFF, 1));
    }
}
