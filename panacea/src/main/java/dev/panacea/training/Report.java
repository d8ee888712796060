package dev.panacea.training;

import dev.panacea.config.TrainConfig;
import dev.panacea.evaluation.FrontComparison;
import dev.panacea.evaluation.FrontEvaluation;
import dev.panacea.evaluation.FrontPoint;
import dev.panacea.evaluation.ParetoFront;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Preference;
import dev.panacea.run.Checkpoint;
import dev.panacea.run.RunFolder;
import dev.panacea.run.Summary;
import dev.panacea.run.plot.CurvesPlot;
import dev.panacea.run.plot.FrontPlot;
import dev.panacea.runtime.Device;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Evaluates a trained adapter over λ, beside the base model and the control, and writes what was found into the run folder. */
public final class Report {
    private final TrainConfig config;
    private final RunFolder folder;
    private final LoadedModel model;
    private final PreparedData data;
    private final Progress progress;

    public Report(TrainConfig config, RunFolder folder, LoadedModel model, PreparedData data, Progress progress) {
        this.config = config;
        this.folder = folder;
        this.model = model;
        this.data = data;
        this.progress = progress;
    }

    /** Measures, then writes {@code front.json}, {@code summary.json} and the pictures. */
    public Summary write(SvdLoraAdapter adapter, Optional<SvdLoraAdapter> control, Checkpoint.State end) {
        List<Preference> grid = config.evaluation().grid(data.dimensions().size());
        FrontComparison heldOut = compare("evaluation, held out", data.heldOut(), data.heldOut().items(), grid, adapter, control);
        int trainingItems = Math.min(config.evaluation().trainingItems(), data.train().items());
        Optional<FrontComparison> training = trainingItems == 0 ? Optional.empty()
            : Optional.of(compare("evaluation, training", data.train(), trainingItems, grid, adapter, control));
        Device device = model.memory().device();
        String precision = config.model().precision().name().toLowerCase(Locale.ROOT);
        Summary.Training cost = new Summary.Training(config.seed(), device.name(), precision, end.seconds(),
            end.tokens() / end.seconds(), device.peakBytes(), plannedPeakBytes());
        Summary summary = Summary.of(cost, heldOut, training);
        heldOut.front().write(folder.frontFile());
        FrontPlot.write(folder.frontPlot(), heldOut, training).ifPresent(progress::note);
        CurvesPlot.write(folder.curvesPlot(), data.dimensions(), folder.metrics()).ifPresent(progress::note);
        summary.write(folder.summaryFile());
        return summary;
    }

    private long plannedPeakBytes() {
        long rows = Stream.of(data.train(), data.heldOut())
            .mapToLong(part -> IntStream.range(0, part.items()).mapToLong(part::tokens).sum()).sum();
        return MemoryPlan.of(config, model.model().config(), data.dimensions().size(), rows, model.memory().device()).peakBytes();
    }

    private FrontComparison compare(String what, Objective objective, int count, List<Preference> grid, SvdLoraAdapter adapter,
                                    Optional<SvdLoraAdapter> control) {
        FrontEvaluation evaluation = new FrontEvaluation(model.model(), model.memory(), objective, IntStream.range(0, count).toArray(),
            config.training().tokenBudget());
        Preference centre = Preference.centre(data.dimensions().size());
        try (Progress.Stage stage = progress.start(what, grid.size() + 1L + (control.isPresent() ? 1 : 0))) {
            ParetoFront front = evaluation.front(adapter, grid, () -> stage.advance(1, ""));
            FrontPoint base = evaluation.base(centre);
            stage.advance(1, "");
            Optional<ParetoFront> fixed = control.map(other -> evaluation.front(other, List.of(centre), () -> stage.advance(1, "")));
            return FrontComparison.of(front, base, fixed);
        }
    }
}
