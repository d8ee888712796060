package dev.panacea.training;

import dev.panacea.config.TrainConfig;
import dev.panacea.evaluation.FrontComparison;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Preference;
import dev.panacea.run.Checkpoint;
import dev.panacea.run.RunFolder;
import dev.panacea.run.Summary;
import dev.panacea.runtime.BadInputException;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.RowProjector;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a run has trained so far, to be used: its model with the adapter of its newest checkpoint. Changes nothing in the folder. */
public final class TrainedRun implements AutoCloseable {
    private final RunFolder folder;
    private final TrainConfig config;
    private final List<String> dimensions;
    private final Checkpoint checkpoint;
    private final LoadedModel model;
    private final SvdLoraAdapter adapter;

    private TrainedRun(RunFolder folder, TrainConfig config, List<String> dimensions, Checkpoint checkpoint, LoadedModel model) {
        this.folder = folder;
        this.config = config;
        this.dimensions = dimensions;
        this.checkpoint = checkpoint;
        this.model = model;
        adapter = adapter(checkpoint);
    }

    /**
     * Opens a run, also one that is being trained.
     *
     * @param overrides {@code a.b=c} settings over the run's configuration
     * @throws BadInputException when the folder holds no run, no checkpoint yet, or its model cannot be read
     */
    public static TrainedRun open(Kernels kernels, Path path, List<String> overrides) {
        RunFolder folder = RunFolder.open(path);
        TrainConfig config = TrainConfig.read(folder.configFile(), overrides);
        Checkpoint checkpoint = newest(folder);
        List<String> dimensions = PreparedData.dimensions(folder.dataFolder(), config);
        LoadedModel model = LoadedModel.open(kernels, config.model());
        try {
            return new TrainedRun(folder, config, dimensions, checkpoint, model);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static Checkpoint newest(RunFolder folder) {
        return folder.latestCheckpoint().orElseThrow(() ->
            new BadInputException(folder.path() + " has no checkpoint yet; go on with its training first"));
    }

    private SvdLoraAdapter adapter(Checkpoint source) {
        SvdLoraAdapter read = new SvdLoraAdapter(model.model().kernels(), model.memory(),
            config.adapter().resolve(model.model().config(), dimensions.size()), dimensions.size());
        TrainedState.readParameters(source.folder(), read.parameters());
        return read;
    }

    /** Measures the front over the grid of the configuration on the held-out data, beside the base model and the run's control. */
    public Summary evaluate(Progress progress) {
        Optional<SvdLoraAdapter> control = control();
        SystemsOnGrid systems = new SystemsOnGrid(model, config.evaluation().grid(dimensions.size()), adapter, control,
            config.training().tokenBudget());
        try (PreparedFile heldOut = PreparedFile.open(folder.dataFolder().resolve(PreparedData.HELD_OUT), config, model, progress)) {
            Objective objective = heldOut.objective();
            FrontComparison comparison = systems.compare("evaluation", objective, MeasuredItems.all(objective), progress);
            MemoryPlan plan = RunPlan.of(config, model.model().config(), dimensions.size(), model.model().kernels())
                .evaluation(objective, control.isPresent() ? 2 : 1);
            return Summary.of(Report.cost(config, model, checkpoint.state(), plan), comparison, Optional.empty());
        }
    }

    private Optional<SvdLoraAdapter> control() {
        return new RunFolder(folder.path().resolve(PreferenceRun.CONTROL)).latestCheckpoint().map(this::adapter);
    }

    public TrainConfig config() {
        return config;
    }

    /** The names of λ's entries. */
    public List<String> dimensions() {
        return dimensions;
    }

    public Checkpoint checkpoint() {
        return checkpoint;
    }

    public LoadedModel model() {
        return model;
    }

    public SvdLoraAdapter adapter() {
        return adapter;
    }

    /** The model with a preference for each owner of rows. */
    public RowProjector at(List<Preference> preferenceOfOwner) {
        return adapter.at(preferenceOfOwner.stream().map(Preference::weights).toArray(double[][]::new));
    }

    @Override
    public void close() {
        model.close();
    }
}
