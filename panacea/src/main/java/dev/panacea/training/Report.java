package dev.panacea.training;

import dev.panacea.config.TrainConfig;
import dev.panacea.evaluation.FrontComparison;
import dev.panacea.run.Checkpoint;
import dev.panacea.run.RunFolder;
import dev.panacea.run.Summary;
import dev.panacea.run.plot.CurvesPlot;
import dev.panacea.run.plot.FrontPlot;
import dev.panacea.runtime.Device;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import java.util.Locale;
import java.util.Optional;

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
        SystemsOnGrid systems = new SystemsOnGrid(model, config.evaluation().grid(data.dimensions().size()), adapter, control,
            config.training().tokenBudget());
        FrontComparison heldOut = systems.compare("evaluation, held out", data.heldOut(), MeasuredItems.all(data.heldOut()),
            progress);
        int trainingItems = config.evaluation().trainingItems();
        Optional<FrontComparison> training = trainingItems == 0 ? Optional.empty() : Optional.of(systems.compare("evaluation, training",
            data.train(), MeasuredItems.spread(data.train(), trainingItems), progress));
        MemoryPlan plan = RunPlan.of(config, model.model().config(), data.dimensions().size(), model.model().kernels())
            .whole(data.train(), data.heldOut());
        Summary.Training cost = cost(config, model, end, plan);
        Summary summary = Summary.of(cost, heldOut, training);
        heldOut.front().write(folder.frontFile());
        FrontPlot.write(folder.frontPlot(), heldOut, training).ifPresent(progress::note);
        CurvesPlot.write(folder.curvesPlot(), data.dimensions(), folder.metrics()).ifPresent(progress::note);
        summary.write(folder.summaryFile());
        return summary;
    }

    /** What a run has cost so far, beside what this process was planned to hold. */
    static Summary.Training cost(TrainConfig config, LoadedModel model, Checkpoint.State state, MemoryPlan plan) {
        Device device = model.memory().device();
        return new Summary.Training(config.seed(), device.name(), model.precision().name().toLowerCase(Locale.ROOT),
            state.seconds(), state.tokens() / state.seconds(), device.peakBytes(), plan.peakBytes());
    }
}
