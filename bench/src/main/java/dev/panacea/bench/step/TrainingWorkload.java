package dev.panacea.bench.step;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.Recomputation;
import dev.panacea.data.Batching;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.objective.AdapterPolicy;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.preference.Linear;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.Precision;
import dev.panacea.training.Trainer;
import dev.panacea.training.plan.MemoryKind;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.training.plan.PaperRun;
import dev.panacea.training.plan.Place;
import dev.panacea.transformer.adapter.AdapterLayout;
import dev.panacea.transformer.adapter.AdapterPlan;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.LlamaModel;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** DPO training of one shape, ready to step: every step trains on the same pairs, in one micro-batch. */
public final class TrainingWorkload implements AutoCloseable {
    private static final long SEED = 17;

    private final Kernels kernels;
    private final ModelShape shape;
    private final Precision precision;
    private final Recomputation recomputation;
    private final MemoryScope memory;
    private final TokenizedPairs pairs;
    private final DpoObjective objective;
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
        this.precision = precision;
        this.recomputation = recomputation;
        memory = kernels.device().openScope("training step of " + shape.name());
        pairs = SyntheticPairs.of(shape, SEED);
        LlamaModel model = RandomLlama.of(kernels, memory, shape.config(), precision, SEED);
        ReferenceLogProbs reference = ReferenceLogProbs.compute(memory, model, pairs, rows(), done -> { });
        objective = new DpoObjective(model, pairs, reference, 0.1);
        adapter = adapter(kernels, memory);
        adapter.initialize(new SplittableRandom(SEED));
        trainer = trainer(kernels, memory, memory, objective, adapter);
    }

    private SvdLoraAdapter adapter(Kernels on, MemoryScope scope) {
        return new SvdLoraAdapter(on, scope, AdapterLayout.DEFAULT.resolve(shape.config(), dimensions()), dimensions());
    }

    private Trainer trainer(Kernels on, MemoryScope moments, MemoryScope steps, Objective learned, SvdLoraAdapter trained) {
        Optimizer optimizer = new Optimizer(on, moments, trained.parameters(), new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0));
        return new Trainer(on, steps, trained.parameters(), new AdapterPolicy(trained, Optional.of(SvdLoraLinear.Path.UNMERGED)), learned,
            optimizer, new Batching(pairs.size(), pairs.size(), SEED), new PreferenceSampler.VertexMix(SEED, dimensions(), 0.2, 1),
            new Linear(), new LearningRate(LearningRate.Schedule.CONSTANT, 1e-4, Long.MAX_VALUE, 0),
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

    /** What a step is predicted to hold. */
    public MemoryPlan memoryPlan() {
        try (PaperRun paper = new PaperRun(Place.of(kernels), shape.config(), precision)) {
            Objective learned = objective.onPaper(paper.model());
            SvdLoraAdapter trained = adapter(paper.kernels(), paper.scope(MemoryKind.ADAPTER));
            try (Trainer onPaper = trainer(paper.kernels(), paper.scope(MemoryKind.MOMENTS), paper.scope(MemoryKind.ACTIVATIONS), learned,
                trained)) {
                onPaper.step(0);
            }
            return paper.plan();
        }
    }

    @Override
    public void close() {
        trainer.close();
        pairs.close();
        memory.close();
    }
}
