package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.config.TrainConfig;
import dev.panacea.data.Batching;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.source.Loaded;
import dev.panacea.data.source.PreferenceSource;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.AdapterPolicy;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.run.Checkpoint;
import dev.panacea.run.Run;
import dev.panacea.run.Summary;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.config.ConfigTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * One experiment from preferences to a Pareto front: prepare the data, keep the reference's log-probabilities, train the
 * adapter, train the control if one is wanted, evaluate over λ, report. Every part finds what an earlier, interrupted process
 * left, so running it again goes on where that stopped and ends in the same bits.
 */
public final class PreferenceRun {

    /**
     * Where the preferences come from: files, or the model's own responses.
     *
     * @param dimensions the names of λ's entries, which are known before any pair is
     */
    public record Supply(List<String> dimensions, Function<LoadedModel, PreferenceSet> pairs) {

        /** All that a source has, read when the run needs it. */
        public static Supply of(PreferenceSource source, Progress progress) {
            return new Supply(source.dimensions(), model -> read(source, progress));
        }

        /** The same, read now, so that what cannot be read leaves no run behind. */
        public static Supply readNow(PreferenceSource source, Progress progress) {
            PreferenceSet pairs = read(source, progress);
            return new Supply(source.dimensions(), model -> pairs);
        }

        private static PreferenceSet read(PreferenceSource source, Progress progress) {
            Loaded<PreferenceSet> loaded = source.read();
            progress.note("data: " + loaded.report());
            return loaded.data();
        }
    }

    static final String CONTROL = "control";
    // Draws of different kinds from one seed must not be the same numbers.
    private static final long INITIALISATION = 0x5EED_0001L;

    private final Kernels kernels;
    private final TrainConfig config;
    private final Progress progress;
    private final StopSignal stop;

    /** An experiment that runs to its end. */
    public PreferenceRun(Kernels kernels, TrainConfig config, Progress progress) {
        this(kernels, config, progress, new StopSignal());
    }

    /** @param stop ends training early, to be gone on with later */
    public PreferenceRun(Kernels kernels, TrainConfig config, Progress progress, StopSignal stop) {
        this.kernels = config.model().adapterWay().on(kernels);
        this.config = config;
        this.progress = progress;
        this.stop = stop;
    }

    /** Begins a run in {@code folder}, or goes on with the one there when {@code resume}; then does all that is left of it. */
    public Summary execute(Path folder, boolean resume, Supply supply) {
        // the model first, so that one that cannot be read, or adapted as asked, leaves no run behind
        try (LoadedModel model = LoadedModel.open(kernels, config)) {
            requireFitting(model, supply.dimensions().size());
            return execute(folder, resume, supply, model);
        }
    }

    /** Refuses now what would otherwise fail when the reference, which may take hours, is there. */
    private void requireFitting(LoadedModel model, int dimensions) {
        config.adapter().resolve(model.model().config(), dimensions);
        config.preference().sampler(config.seed(), dimensions);
    }

    private Summary execute(Path folder, boolean resume, Supply supply, LoadedModel model) {
        try (Run run = resume ? Run.resume(folder) : Run.create(folder, ConfigTree.toYaml(config));
             PreparedData data = PreparedData.in(run.folder().dataFolder(), () -> supply.pairs().apply(model), config, model, progress)) {
            // so that it goes on in the same bits, whatever is measured by then
            kernels.keepWays(run.folder().waysFile());
            SvdLoraAdapter adapter = adapter(model, data);
            Checkpoint.State end = train(run, model, data, adapter, "training", sampler(data));
            Optional<SvdLoraAdapter> control = config.evaluation().control()
                ? Optional.of(trainControl(folder, model, data)) : Optional.empty();
            return new Report(config, run.folder(), model, data, progress).write(adapter, control, end);
        }
    }

    /** An untrained adapter for the run's layout and dimensions. */
    private SvdLoraAdapter adapter(LoadedModel model, PreparedData data) {
        int dimensions = data.dimensions().size();
        SvdLoraAdapter adapter = new SvdLoraAdapter(kernels, model.memory(),
            config.adapter().resolve(model.model().config(), dimensions), dimensions);
        adapter.initialize(new SplittableRandom(config.seed() ^ INITIALISATION));
        return adapter;
    }

    private PreferenceSampler sampler(PreparedData data) {
        return config.preference().sampler(config.seed(), data.dimensions().size());
    }

    /** The same training with λ at the centre of the simplex all along: one compromise instead of a front. */
    private SvdLoraAdapter trainControl(Path folder, LoadedModel model, PreparedData data) {
        Path place = folder.resolve(CONTROL);
        SvdLoraAdapter adapter = adapter(model, data);
        boolean begun = Files.exists(place.resolve("config.yaml"));
        try (Run run = begun ? Run.resume(place) : Run.create(place, ConfigTree.toYaml(config))) {
            train(run, model, data, adapter, CONTROL, new PreferenceSampler.Fixed(Preference.centre(data.dimensions().size())));
        }
        return adapter;
    }

    private Checkpoint.State train(Run run, LoadedModel model, PreparedData data, SvdLoraAdapter adapter, String what,
                                   PreferenceSampler sampler) {
        Objective objective = data.train();
        try (MemoryScope memory = model.memory().child(what)) {
            Optimizer optimizer = new Optimizer(kernels, memory, adapter.parameters(), config.optimizer().adamW());
            try (Trainer trainer = trainer(config, kernels, memory, adapter, objective, optimizer, sampler)) {
                return new TrainingLoop(run, trainer, adapter.parameters(), optimizer, config.training(), stop)
                    .train(what, data.dimensions(), progress);
            }
        }
    }

    /** What trains as {@code config} says. */
    static Trainer trainer(TrainConfig config, Kernels kernels, MemoryScope memory, SvdLoraAdapter adapter, Objective objective,
                           Optimizer optimizer, PreferenceSampler sampler) {
        return new Trainer(kernels, memory, adapter.parameters(), new AdapterPolicy(adapter), objective, optimizer,
            new Batching(objective.items(), config.training().batch(), config.seed()), sampler,
            config.objective().scalarize(), config.optimizer().rate(config.training().steps()),
            new Trainer.Settings(config.preference().perSequence(), config.training().tokenBudget(),
                config.training().recomputation(), config.optimizer().clip(), config.training().capture()));
    }
}
