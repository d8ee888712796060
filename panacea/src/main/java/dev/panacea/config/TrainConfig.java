package dev.panacea.config;

import dev.panacea.transformer.adapter.AdapterLayout;
import dev.panacea.transformer.config.ConfigTree;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that decides a training run; with the same values, device kind and machine count, two runs give the same bits.
 * Values of the paper that are only reported or unknown are defaults here, each a key of its own.
 */
public record TrainConfig(long seed, ModelConfig model, DataConfig data, AdapterLayout adapter, ObjectiveConfig objective,
                          PreferenceConfig preference, OptimizerConfig optimizer, TrainingConfig training,
                          EvaluationConfig evaluation) {

    public static TrainConfig defaults() {
        return new TrainConfig(17, ModelConfig.defaults(), DataConfig.defaults(), AdapterLayout.DEFAULT, ObjectiveConfig.defaults(),
            PreferenceConfig.defaults(), OptimizerConfig.defaults(), TrainingConfig.defaults(), EvaluationConfig.defaults());
    }

    /**
     * The defaults with a YAML file's values over them, and {@code a.b=c} overrides over those. Relative paths are taken from
     * the file's own folder.
     *
     * @throws dev.panacea.runtime.BadInputException for a key, type or value that does not fit
     */
    public static TrainConfig read(Path yaml, List<String> overrides) {
        return read(yaml, overrides, yaml.toAbsolutePath().getParent());
    }

    /** {@link #read(Path, List)} with relative paths taken from {@code base}. */
    public static TrainConfig read(Path yaml, List<String> overrides, Path base) {
        return ConfigTree.read(defaults(), yaml, overrides).resolvedAgainst(base);
    }

    /** The same with another loop. */
    public TrainConfig with(TrainingConfig other) {
        return new TrainConfig(seed, model, data, adapter, objective, preference, optimizer, other, evaluation);
    }

    private TrainConfig resolvedAgainst(Path base) {
        return new TrainConfig(seed, model.resolvedAgainst(base), data.resolvedAgainst(base), adapter, objective, preference, optimizer,
            training, evaluation);
    }
}
