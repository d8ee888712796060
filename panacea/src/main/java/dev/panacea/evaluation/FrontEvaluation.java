package dev.panacea.evaluation;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.data.MicroBatches;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.SftObjective;
import dev.panacea.preference.Preference;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import dev.panacea.transformer.model.RowProjector;
import java.util.ArrayList;
import java.util.List;

/** Measures the policies that one adapter makes as its preference moves: each dimension's loss, and reward margin and accuracy of pairs. */
public final class FrontEvaluation {
    private final LlamaModel model;
    private final MemoryScope memory;
    private final Objective objective;
    private final List<int[]> parts;

    /**
     * @param objective over the data to measure on
     * @param items which of its items to measure on
     */
    public FrontEvaluation(LlamaModel model, MemoryScope memory, Objective objective, int[] items, int tokenBudget) {
        this.model = model;
        this.memory = memory;
        this.objective = objective;
        parts = new MicroBatches(objective::tokens, objective::name).split(items, tokenBudget, MicroBatches.Order.AS_GIVEN);
    }

    /** One point for each preference; {@code progress} runs after each. */
    public ParetoFront front(SvdLoraAdapter adapter, List<Preference> grid, Runnable progress) {
        List<FrontPoint> points = new ArrayList<>();
        for (Preference preference : grid) {
            points.add(point(adapter, preference));
            progress.run();
        }
        return new ParetoFront(objective.dimensions(), points);
    }

    /** The policy at one preference; the adapter is merged into a copy of the weights for it. */
    public FrontPoint point(SvdLoraAdapter adapter, Preference preference) {
        return statistics(adapter, preference).point(preference);
    }

    /** The model with its adapter off; under DPO it is its own reference, and every loss is ln 2. */
    public FrontPoint base(Preference preference) {
        return statistics().point(preference);
    }

    /** What {@link #point} is made of; also of items that not every dimension judges. */
    public PolicyStatistics statistics(SvdLoraAdapter adapter, Preference preference) {
        try (MemoryScope scope = memory.child("merged weights")) {
            LlamaTensors merged = adapter.merge(model.kernels(), scope, model.tensors(), preference.weights());
            return measure(objective.on(model.with(merged)));
        }
    }

    /** What {@link #base} is made of. */
    public PolicyStatistics statistics() {
        return measure(objective.on(model));
    }

    private PolicyStatistics measure(Objective policy) {
        PolicyStatistics statistics = new PolicyStatistics(policy.dimensions().size());
        for (int[] items : parts) {
            try (MemoryScope scope = memory.child("evaluation")) {
                Tape tape = Tape.withoutGradients(model.kernels(), scope);
                switch (policy) {
                    case DpoObjective pairs -> statistics.addPairs(pairs, items,
                        pairs.logRatios(tape, items, RowProjector.BASE, Recomputation.OFF).toFloats());
                    case SftObjective demonstrations -> {
                        Tensor losses = demonstrations.losses(tape, items, RowProjector.BASE, Recomputation.OFF);
                        statistics.addDemonstrations(demonstrations, items, losses.toFloats());
                    }
                }
            }
        }
        return statistics;
    }
}
