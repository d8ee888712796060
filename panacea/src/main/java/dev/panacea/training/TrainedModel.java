package dev.panacea.training;

import dev.panacea.config.TrainConfig;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.preference.Preference;
import dev.panacea.run.Checkpoint;
import dev.panacea.run.RunFolder;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Device;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.generation.Generator;
import java.util.List;

/** A run's model with its newest adapter, ready to answer at any preference without further training. */
public final class TrainedModel implements AutoCloseable {
    private final TrainConfig config;
    private final LoadedModel base;
    private final SvdLoraAdapter adapter;
    private final List<String> dimensions;

    private TrainedModel(TrainConfig config, LoadedModel base, SvdLoraAdapter adapter, List<String> dimensions) {
        this.config = config;
        this.base = base;
        this.adapter = adapter;
        this.dimensions = dimensions;
    }

    /**
     * Opens the newest checkpoint of a run.
     *
     * @throws BadInputException when the run has none yet, or its files cannot be used
     */
    public static TrainedModel open(Device device, RunFolder folder) {
        TrainConfig config = TrainConfig.read(folder.configFile(), List.of());
        Checkpoint checkpoint = folder.latestCheckpoint().orElseThrow(() ->
            new BadInputException(folder.path() + " has no checkpoint yet; train it first"));
        List<String> dimensions = PreparedData.dimensions(folder.path().resolve(PreparedData.FOLDER), config.objective().kind());
        LoadedModel base = LoadedModel.open(device, config.model());
        try {
            SvdLoraAdapter adapter = new SvdLoraAdapter(base.model().kernels(), base.memory(),
                config.adapter().resolve(base.model().config(), dimensions.size()), dimensions.size());
            TrainedState.readParameters(checkpoint.folder(), adapter.parameters());
            return new TrainedModel(config, base, adapter, dimensions);
        } catch (RuntimeException e) {
            base.close();
            throw e;
        }
    }

    public TrainConfig config() {
        return config;
    }

    public LoadedModel base() {
        return base;
    }

    public SvdLoraAdapter adapter() {
        return adapter;
    }

    public List<String> dimensions() {
        return dimensions;
    }

    /**
     * Continues prompts, all in one batch, each at its own preference.
     *
     * @param preferences one for each prompt
     * @return the continuations as text
     * @throws BadInputException when a preference has another number of entries than the run has dimensions
     */
    public List<String> answer(List<String> prompts, List<Preference> preferences, Generator.Settings settings) {
        for (Preference preference : preferences) {
            if (preference.dimensions() != dimensions.size()) {
                throw new BadInputException("the preference " + preference + " has " + preference.dimensions()
                    + " entries, but this run has the dimensions " + dimensions);
            }
        }
        double[][] lambda = preferences.stream().map(Preference::weights).toArray(double[][]::new);
        return new Generator(base.model())
            .generate(base.memory(), prompts.stream().map(base::promptTokens).toList(),
                adapter.at(lambda, SvdLoraLinear.Path.UNMERGED), settings)
            .stream().map(ids -> base.tokenizer().decode(ids, true)).toList();
    }

    @Override
    public void close() {
        base.close();
    }
}
