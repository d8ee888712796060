package dev.panacea.evaluation;

import dev.panacea.autograd.Tape;
import dev.panacea.data.MicroBatches;
import dev.panacea.objective.DpoObjective;
import dev.panacea.preference.Preference;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import dev.panacea.transformer.model.RowProjector;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Measures the policies that one adapter makes as its preference moves: DPO loss, reward margin and accuracy a dimension. */
public final class FrontEvaluation {
    private final LlamaModel model;
    private final MemoryScope memory;
    private final DpoObjective objective;
    private final List<int[]> parts;

    /** @param objective over the pairs to measure on */
    public FrontEvaluation(LlamaModel model, MemoryScope memory, DpoObjective objective, int tokenBudget) {
        this.model = model;
        this.memory = memory;
        this.objective = objective;
        parts = new MicroBatches(objective::tokens, objective::name)
            .split(IntStream.range(0, objective.items()).toArray(), tokenBudget, MicroBatches.Order.AS_GIVEN);
    }

    /** One point for each preference. */
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
        try (MemoryScope scope = memory.child("merged weights")) {
            LlamaTensors merged = adapter.merge(model.kernels(), scope, model.tensors(), preference.weights());
            return measure(objective.on(model.with(merged)), preference);
        }
    }

    /** The base model, which is its own reference: every loss is ln 2. */
    public FrontPoint base(Preference preference) {
        return measure(objective.on(model), preference);
    }

    private FrontPoint measure(DpoObjective policy, Preference preference) {
        PairStatistics statistics = new PairStatistics(policy.dimensions().size());
        for (int[] items : parts) {
            try (MemoryScope scope = memory.child("evaluation")) {
                Tape tape = Tape.withoutGradients(model.kernels(), scope);
                statistics.add(policy, items, policy.logRatios(tape, items, RowProjector.BASE, false).toFloats());
            }
        }
        return statistics.point(preference);
    }
}
