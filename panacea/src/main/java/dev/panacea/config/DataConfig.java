package dev.panacea.config;

import dev.panacea.data.source.AttributePairs;
import dev.panacea.data.source.ChosenRejected;
import dev.panacea.data.source.DimensionFile;
import dev.panacea.data.source.HhRlhf;
import dev.panacea.data.source.PreferenceSource;
import dev.panacea.data.source.PromptTemplate;
import dev.panacea.data.source.SafeRlhf;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which preferences to learn from, and how they are cut.
 *
 * @param dimensions the preference dimensions, in λ's order, with a file each where the kind has one a dimension
 * @param files where one file carries all dimensions
 * @param heldOut share of prompts kept from training, in [0, 1)
 * @param maxPromptTokens longest prompt; of a longer one the end is kept
 * @param maxResponseTokens longest response; of a longer one the beginning is kept
 * @param trainingPairs most pairs to train on, drawn by the seed; 0 for all
 */
public record DataConfig(Kind kind, List<Dimension> dimensions, List<Path> files, double heldOut, int maxPromptTokens,
                         int maxResponseTokens, int trainingPairs) {

    /** Forms of preference data. */
    public enum Kind {
        /** A file an attribute, with two rated responses a row (HelpSteer2). */
        ATTRIBUTES,
        /** A file a dimension, with a chosen and a rejected dialogue a row (HH-RLHF). */
        HH_RLHF,
        /** Two labels on one pair (PKU-SafeRLHF): the dimensions are helpful and harmless. */
        SAFE_RLHF,
        /** prompt, chosen and rejected, a file a dimension. */
        PAIRS
    }

    /**
     * @param file of this dimension's rows
     * @param attribute name in the file's fields, when it is not the dimension's
     * @param reversed whether less of the attribute is preferred
     */
    public record Dimension(String name, Optional<Path> file, Optional<String> attribute, Optional<Boolean> reversed) { }

    public DataConfig {
        if (!(heldOut >= 0 && heldOut < 1)) {
            throw new IllegalArgumentException("held_out is " + heldOut + " but must lie in [0, 1)");
        }
        if (maxPromptTokens < 1 || maxResponseTokens < 1) {
            throw new IllegalArgumentException("max_prompt_tokens and max_response_tokens must be at least 1");
        }
        if (trainingPairs < 0) {
            throw new IllegalArgumentException("training_pairs is " + trainingPairs + " but must be positive, or 0 for all");
        }
    }

    DataConfig resolvedAgainst(Path base) {
        return new DataConfig(kind, dimensions.stream().map(dimension -> new Dimension(dimension.name, dimension.file.map(base::resolve),
            dimension.attribute, dimension.reversed)).toList(), files.stream().map(base::resolve).toList(), heldOut, maxPromptTokens,
            maxResponseTokens, trainingPairs);
    }

    static DataConfig defaults() {
        return new DataConfig(Kind.PAIRS, List.of(), List.of(), 0.1, 96, 160, 0);
    }

    /**
     * Where the pairs come from.
     *
     * @throws BadInputException when the kind's files are not named
     */
    public PreferenceSource source() {
        return switch (kind) {
            case ATTRIBUTES -> new AttributePairs(named().stream().map(dimension -> new AttributePairs.Attribute(
                dimension.attribute.orElse(dimension.name), dimension.name, file(dimension), dimension.reversed.orElse(false))).toList(),
                template());
            case HH_RLHF -> new HhRlhf(named().stream().map(DataConfig::dimensionFile).toList());
            case SAFE_RLHF -> new SafeRlhf(filesGiven(), template());
            case PAIRS -> ChosenRejected.ofFiles(named().stream().map(DataConfig::dimensionFile).toList(), template());
        };
    }

    /** How prompts of this kind of data are written for the model. */
    public PromptTemplate template() {
        return switch (kind) {
            case ATTRIBUTES, PAIRS -> PromptTemplate.VERBATIM;
            case HH_RLHF -> PromptTemplate.DIALOGUE;
            case SAFE_RLHF -> PromptTemplate.SAFE_RLHF;
        };
    }

    private static DimensionFile dimensionFile(Dimension dimension) {
        return new DimensionFile(dimension.name, file(dimension));
    }

    private List<Dimension> named() {
        if (dimensions.isEmpty()) {
            throw new BadInputException("data.dimensions is empty; name each preference dimension and its file");
        }
        return dimensions;
    }

    private List<Path> filesGiven() {
        if (files.isEmpty()) {
            throw new BadInputException("data.files is empty; name at least one file");
        }
        return files;
    }

    private static Path file(Dimension dimension) {
        return dimension.file.orElseThrow(() ->
            new BadInputException("data.dimensions: dimension '" + dimension.name + "' has no file"));
    }
}
