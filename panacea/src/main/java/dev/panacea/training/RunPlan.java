package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.config.ObjectiveConfig;
import dev.panacea.config.TrainConfig;
import dev.panacea.evaluation.FrontEvaluation;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Precision;
import dev.panacea.training.plan.HeaviestParts;
import dev.panacea.training.plan.LongestItems;
import dev.panacea.training.plan.MemoryKind;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.training.plan.PaperRun;
import dev.panacea.training.plan.Place;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** The device memory of a configured run on data that is prepared, so that it is known what each forward pass will read. */
public final class RunPlan {
    private final TrainConfig config;
    private final LlamaConfig model;
    private final int dimensions;
    private final Place place;
    private final Precision precision;

    /**
     * @param dimensions of the preferences
     * @throws BadInputException for a precision that is not computed in at {@code place}
     */
    public RunPlan(TrainConfig config, LlamaConfig model, int dimensions, Place place) {
        this.config = config;
        this.model = model;
        this.dimensions = dimensions;
        this.place = place;
        try (CudaDevice paper = place.open()) {
            precision = config.model().precision().on(place.kernels(paper));
        }
    }

    static RunPlan of(TrainConfig config, LlamaConfig model, int dimensions, Kernels kernels) {
        return new RunPlan(config, model, dimensions, Place.of(kernels));
    }

    /** Of references, training and evaluation, one after the other. */
    public MemoryPlan whole(Objective train, Objective heldOut) {
        return whole(paper -> onPaper(train, paper), paper -> onPaper(heldOut, paper));
    }

    /** The same on data as long as the configuration lets it be, where there is none yet. */
    public MemoryPlan longest() {
        try (LongestItems items = LongestItems.of(config, model.vocabularySize(), dimensions)) {
            return new RunPlan(config.with(config.training().once(items.count())), model, dimensions, place).whole(items::on, items::on);
        }
    }

    private static Objective onPaper(Objective objective, PaperRun paper) {
        return objective.onPaper(paper.model());
    }

    private MemoryPlan whole(Function<PaperRun, Objective> train, Function<PaperRun, Objective> heldOut) {
        return plan(paper -> {
            Objective learned = train.apply(paper);
            Objective measured = heldOut.apply(paper);
            if (config.objective().kind() == ObjectiveConfig.Kind.DPO) {
                Stream.of(learned, measured).forEach(objective -> refer(paper, objective));
            }
            List<SvdLoraAdapter> adapters = adapters(paper, config.evaluation().control() ? 2 : 1);
            train(paper, learned, adapters.getLast());
            evaluate(paper, measured, MeasuredItems.all(measured), adapters.getFirst());
            if (config.evaluation().trainingItems() > 0) {
                evaluate(paper, learned, MeasuredItems.spread(learned, config.evaluation().trainingItems()), adapters.getFirst());
            }
        });
    }

    /** Of an evaluation alone, of a run with that many adapters. */
    MemoryPlan evaluation(Objective heldOut, int adapters) {
        return plan(paper -> {
            Objective measured = onPaper(heldOut, paper);
            evaluate(paper, measured, MeasuredItems.all(measured), adapters(paper, adapters).getFirst());
        });
    }

    private MemoryPlan plan(Consumer<PaperRun> work) {
        try (PaperRun paper = new PaperRun(place, model, precision)) {
            work.accept(paper);
            return paper.plan();
        }
    }

    private List<SvdLoraAdapter> adapters(PaperRun paper, int count) {
        return Stream.generate(() -> new SvdLoraAdapter(paper.kernels(), paper.scope(MemoryKind.ADAPTER),
            config.adapter().resolve(model, dimensions), dimensions)).limit(count).toList();
    }

    private void refer(PaperRun paper, Objective objective) {
        for (int[] items : HeaviestParts.passes(objective, MeasuredItems.all(objective), config.training().tokenBudget())) {
            evaluation(paper, objective, items).statistics();
        }
    }

    private void train(PaperRun paper, Objective objective, SvdLoraAdapter adapter) {
        try (var moments = paper.scope(MemoryKind.MOMENTS).child("training");
             var memory = paper.scope(MemoryKind.ACTIVATIONS).child("training")) {
            Optimizer optimizer = new Optimizer(paper.kernels(), moments, adapter.parameters(), config.optimizer().adamW());
            train(PreferenceRun.trainer(config, paper.kernels(), memory, adapter, objective, optimizer,
                config.preference().sampler(config.seed(), dimensions)), objective);
        }
    }

    private void train(Trainer opened, Objective objective) {
        try (Trainer trainer = opened) {
            HeaviestParts.steps(objective, config.training(), config.seed()).forEach(trainer::step);
        }
    }

    private void evaluate(PaperRun paper, Objective objective, int[] measured, SvdLoraAdapter adapter) {
        for (int[] items : HeaviestParts.passes(objective, measured, config.training().tokenBudget())) {
            evaluation(paper, objective, items).statistics(adapter, Preference.centre(dimensions));
        }
    }

    private FrontEvaluation evaluation(PaperRun paper, Objective objective, int[] items) {
        return new FrontEvaluation(paper.model(), paper.scope(MemoryKind.ACTIVATIONS), objective, items, config.training().tokenBudget());
    }
}
