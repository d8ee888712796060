package dev.panacea.training.plan;

import dev.panacea.config.ObjectiveConfig;
import dev.panacea.config.TrainConfig;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.transformer.adapter.AdapterPlan;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The device memory of a configured run on data that is prepared, so that it is known what each forward pass will read. */
public final class RunPlan {
    private final TrainConfig config;
    private final LlamaConfig model;
    private final AdapterPlan adapter;
    private final int dimensions;
    private final Storage storage;
    private final int threads;

    /** @param dimensions of the preferences */
    public RunPlan(TrainConfig config, LlamaConfig model, int dimensions, Kernels kernels) {
        this.config = config;
        this.model = model;
        this.dimensions = dimensions;
        adapter = config.adapter().resolve(model, dimensions);
        storage = Storage.of(kernels, config.model().precision().on(kernels));
        threads = MemoryPlan.threads(kernels.device());
    }

    /** Of references, training and evaluation whichever holds most. */
    public MemoryPlan whole(Objective train, Objective heldOut) {
        int adapters = config.evaluation().control() ? 2 : 1;
        long reference = referenceRows(train) + referenceRows(heldOut);
        Packing steps = Packing.ofSteps(train, config.training(), config.seed());
        Packing passes = passes(train).or(passes(heldOut));
        Packing measured = config.evaluation().trainingItems() > 0 ? passes : passes(heldOut);
        return largest(Stream.of(pass(passes, reference, 0), step(steps, reference, adapters), pass(measured, reference, adapters)));
    }

    /** Of an evaluation alone, of a run with that many adapters. */
    public MemoryPlan evaluation(Objective heldOut, int adapters) {
        return pass(passes(heldOut), referenceRows(heldOut), adapters);
    }

    private static MemoryPlan largest(Stream<MemoryPlan> plans) {
        return plans.max(Comparator.comparingLong(MemoryPlan::peakBytes)).orElseThrow();
    }

    private Packing passes(Objective objective) {
        return Packing.ofPasses(objective, config.training().tokenBudget());
    }

    private MemoryPlan step(Packing packing, long referenceRows, int adapters) {
        int preferences = config.preference().perSequence() ? packing.items() : 1;
        return MemoryPlan.ofStep(model, adapter, storage, extent(packing, preferences, referenceRows, adapters));
    }

    private MemoryPlan pass(Packing packing, long referenceRows, int adapters) {
        return MemoryPlan.ofPass(model, adapter, storage, extent(packing, 1, referenceRows, adapters));
    }

    private StepExtent extent(Packing packing, int preferences, long referenceRows, int adapters) {
        int longest = config.data().maxPromptTokens() + config.data().maxResponseTokens() - 1;
        return new StepExtent(packing.rows(), packing.asked(), (pairs() ? 2 : 1) * packing.items(), Math.min(longest, packing.rows()),
            preferences, dimensions, referenceRows, adapters, config.training().recomputation(), threads);
    }

    private boolean pairs() {
        return config.objective().kind() == ObjectiveConfig.Kind.DPO;
    }

    // under DPO a reference log-probability is kept of every token
    private long referenceRows(Objective objective) {
        return pairs() ? IntStream.range(0, objective.items()).mapToLong(objective::tokens).sum() : 0;
    }
}
