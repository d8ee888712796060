package dev.panacea.bench.step;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.Recomputation;
import dev.panacea.data.Batching;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.preference.Linear;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.Precision;
import dev.panacea.training.Trainer;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.training.plan.StepExtent;
import dev.panacea.training.plan.Storage;
import dev.panacea.transformer.adapter.AdapterLayout;
import dev.panacea.transformer.adapter.AdapterPlan;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.LlamaModel;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** DPO training of one shape, ready to step: every step trains on the same pairs, in one micro-batch. */
public final class TrainingWorkload implements AutoCloseable {
    private static final long SEED = 17;

    private final Kernels kernels;
    private final ModelShape shape;
    private final Storage storage;
    private final Recomputation recomputation;
    private final MemoryScope memory;
    private final MemoryScope steps;
    private final TokenizedPairs pairs;
    private final SvdLoraAdapter adapter;
    private final Trainer trainer;
    private long step;

    /**
     * Takes memory for weights, adapter and data.
     *
     * @param recomputation what of a block the backward computes again
     */
    public TrainingWorkload(Kernels kernels, ModelShape shape, Precision precision, Recomputation recomputation) {
        this.kernels = kernels;
        this.shape = shape;
        this.recomputation = recomputation;
        memory = kernels.device().openScope("training step of " + shape.name());
        pairs = SyntheticPairs.of(shape, SEED);
        storage = Storage.of(kernels, precision);
        LlamaModel model = RandomLlama.of(kernels, memory, shape.config(), precision, SEED);
        ReferenceLogProbs reference = ReferenceLogProbs.compute(memory, model, pairs, rows(), done -> { });
        adapter = new SvdLoraAdapter(kernels, memory, AdapterLayout.DEFAULT.resolve(shape.config(), dimensions()), dimensions());
        adapter.initialize(new SplittableRandom(SEED));
        Optimizer optimizer = new Optimizer(kernels, memory, adapter.parameters(), new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0));
        steps = memory.child("steps");
        trainer = new Trainer(kernels, steps, adapter.parameters(), lambda -> adapter.at(lambda, SvdLoraLinear.Path.UNMERGED),
            new DpoObjective(model, pairs, reference, 0.1), optimizer, new Batching(pairs.size(), pairs.size(), SEED),
            new PreferenceSampler.VertexMix(SEED, dimensions(), 0.2, 1), new Linear(),
            new LearningRate(LearningRate.Schedule.CONSTANT, 1e-4, Long.MAX_VALUE, 0),
            new Trainer.Settings(false, rows(), recomputation, 1));
    }

    /** Runs the next step. */
    public Trainer.Outcome step() {
        return trainer.step(step++);
    }

    public AdapterPlan adapterPlan() {
        return adapter.plan();
    }

    private int dimensions() {
        return pairs.header().dimensions().size();
    }

    /** Rows that a step's forward pass reads: the tokens of both responses of every pair. */
    public int rows() {
        return IntStream.range(0, pairs.size())
            .map(pair -> 2 * pairs.promptLength(pair) + pairs.responseLength(pair, 0) + pairs.responseLength(pair, 1) - 2).sum();
    }

    /** Of {@link #rows}, those that are asked for their next token. */
    public int askedRows() {
        return IntStream.range(0, pairs.size()).map(pair -> pairs.responseLength(pair, 0) + pairs.responseLength(pair, 1)).sum();
    }

    private int longest() {
        return IntStream.range(0, pairs.size()).map(pair -> pairs.promptLength(pair)
            + Math.max(pairs.responseLength(pair, 0), pairs.responseLength(pair, 1)) - 1).max().orElseThrow();
    }

    /** What a step is predicted to hold. */
    public MemoryPlan memoryPlan() {
        int threads = kernels.device() instanceof HostDevice host ? host.workers().count() : 1;
        return MemoryPlan.ofStep(shape.config(), adapter.plan(), storage, new StepExtent(rows(), askedRows(), 2 * pairs.size(),
            longest(), 1, dimensions(), rows(), 1, recomputation, threads));
    }

    /** Most bytes that weights, adapter, data and the tapes of all steps held at once, without the scratch of kernels. */
    public long peakBytes() {
        return memory.heldBytes() + steps.peakBytes();
    }

    @Override
    public void close() {
        pairs.close();
        steps.close();
        memory.close();
    }
}
