package dev.panacea.bench.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.data.Batching;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.objective.AdapterPolicy;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Linear;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.Precision;
import dev.panacea.training.Trainer;
import dev.panacea.training.plan.MemoryKind;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.training.plan.PaperRun;
import dev.panacea.training.plan.Place;
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
    private final boolean capture;
    private final MemoryScope memory;
    private final StepData data;
    private final Trainer trainer;
    private long step;

    /** @param capture whether steps are replayed from a graph once their shape is known */
    DeviceWorkload(CudaDevice device, StepShape shape, boolean capture) {
        this.shape = shape;
        this.capture = capture;
        kernels = Kernels.on(device);
        memory = device.openScope("training step of " + shape.model());
        LlamaModel model = new LlamaModel(kernels, memory, shape.config(), RandomWeights.of(kernels, memory, shape.config()));
        data = StepData.of(shape, memory, model);
        SvdLoraAdapter adapter = adapter(kernels, memory);
        adapter.initialize(new SplittableRandom(SEED));
        trainer = trainer(kernels, memory, memory, data.objective(), adapter);
    }

    private SvdLoraAdapter adapter(Kernels on, MemoryScope scope) {
        return new SvdLoraAdapter(on, scope, shape.adapter(), StepShape.DIMENSIONS.size());
    }

    private Trainer trainer(Kernels on, MemoryScope moments, MemoryScope steps, Objective objective, SvdLoraAdapter adapter) {
        return new Trainer(on, steps, adapter.parameters(), new AdapterPolicy(adapter), objective,
            new Optimizer(on, moments, adapter.parameters(), new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0)),
            new Batching(objective.items(), objective.items(), SEED),
            new PreferenceSampler.VertexMix(SEED, StepShape.DIMENSIONS.size()), new Linear(),
            new LearningRate(LearningRate.Schedule.CONSTANT, RATE, Long.MAX_VALUE, 0),
            new Trainer.Settings(true, shape.rows(), shape.recomputation(), CLIP, capture));
    }

    /** Runs the next step; it is done, its losses and the norm of its gradient read, when this returns. */
    Trainer.Outcome step() {
        return trainer.step(step++);
    }

    /** What a step is predicted to hold. */
    MemoryPlan memoryPlan() {
        try (PaperRun paper = new PaperRun(Place.of(kernels), shape.config(), Precision.BFLOAT16)) {
            SvdLoraAdapter adapter = adapter(paper.kernels(), paper.scope(MemoryKind.ADAPTER));
            try (Trainer onPaper = trainer(paper.kernels(), paper.scope(MemoryKind.MOMENTS), paper.scope(MemoryKind.ACTIVATIONS),
                data.objective().onPaper(paper.model()), adapter)) {
                onPaper.step(0);
            }
            return paper.plan();
        }
    }

    @Override
    public void close() {
        trainer.close();
        data.close();
        memory.close();
    }
}
