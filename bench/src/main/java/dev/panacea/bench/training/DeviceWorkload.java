package dev.panacea.bench.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.data.Batching;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Linear;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.Precision;
import dev.panacea.training.Trainer;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.training.plan.StepExtent;
import dev.panacea.training.plan.Storage;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.LlamaModel;
import java.util.SplittableRandom;

/** Training of one shape on a CUDA device, ready to step: every step on the same tokens, in one pass, by the product's own trainer. */
final class DeviceWorkload implements AutoCloseable {
    private static final long SEED = 17;
    private static final double RATE = 1e-4;
    private static final double CLIP = 1;

    private final Kernels kernels;
    private final StepShape shape;
    private final MemoryScope memory;
    private final StepData data;
    private final SvdLoraAdapter adapter;
    private final Trainer trainer;
    private long step;

    DeviceWorkload(CudaDevice device, StepShape shape) {
        this.shape = shape;
        kernels = Kernels.on(device);
        memory = device.openScope("training step of " + shape.model());
        LlamaModel model = new LlamaModel(kernels, memory, shape.config(), RandomWeights.of(kernels, memory, shape.config()));
        data = StepData.of(shape, memory, model);
        int dimensions = StepShape.DIMENSIONS.size();
        adapter = new SvdLoraAdapter(kernels, memory, shape.adapter(), dimensions);
        adapter.initialize(new SplittableRandom(SEED));
        Objective objective = data.objective();
        trainer = new Trainer(kernels, memory, adapter.parameters(), adapter::at, objective,
            new Optimizer(kernels, memory, adapter.parameters(), new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0)),
            new Batching(objective.items(), objective.items(), SEED), new PreferenceSampler.VertexMix(SEED, dimensions), new Linear(),
            new LearningRate(LearningRate.Schedule.CONSTANT, RATE, Long.MAX_VALUE, 0),
            new Trainer.Settings(true, shape.rows(), shape.recomputeBlocks(), CLIP));
    }

    /** Runs the next step; it is done, its losses and the norm of its gradient read, when this returns. */
    Trainer.Outcome step() {
        return trainer.step(step++);
    }

    /** What a step is predicted to hold. */
    MemoryPlan memoryPlan() {
        boolean pairs = shape.objective() == StepShape.Objective.DPO;
        int items = pairs ? shape.sequences() / 2 : shape.sequences();
        return MemoryPlan.ofStep(shape.config(), adapter.plan(), Storage.of(kernels, Precision.BFLOAT16),
            new StepExtent(shape.rows(), shape.askedRows(), shape.sequences(), shape.length(), items, StepShape.DIMENSIONS.size(),
                pairs ? shape.rows() : 0, 1, shape.recomputeBlocks(), 1));
    }

    @Override
    public void close() {
        data.close();
        memory.close();
    }
}
