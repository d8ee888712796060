package dev.panacea.transformer.adapter;

import dev.panacea.runtime.BadInputException;
import dev.panacea.transformer.config.ConfigTree;
import dev.panacea.transformer.config.LlamaConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Which matrices of which layers carry an SVD-LoRA adapter, and how large it is. In YAML, everything with a default:
 *
 * <pre>
 * rank: 8                                   # k, learnt singular values a matrix
 * alpha: 512                                # a; the adapter is multiplied by a / k
 * init_std: 0.02                            # of U and V at the start
 * preference: true                          # whether matrices carry the preference entries
 * projections: [q, k, v, o, gate, up, down] # in every layer
 * layers:                                   # exceptions; of two that concern one matrix the later counts
 *   - {range: "0-3", rank: 4}               # the adapted matrices of the layers 0 to 3
 *   - {range: all, projections: [q, v], preference: false}
 *   - {range: "28-", projections: [down], rank: 0}
 * </pre>
 *
 * @param projections matrices adapted in every layer
 * @param layers exceptions, in order
 */
public record AdapterLayout(int rank, double alpha, double initStd, boolean preference, List<Projection> projections,
                            List<LayerRule> layers) {

    /** The published setting: all seven matrices of every layer, k = 8, a = 512, N(0, 0.02²). */
    public static final AdapterLayout DEFAULT = new AdapterLayout(8, 512, 0.02, true, List.of(Projection.values()), List.of());

    /** @throws IllegalArgumentException when rank, alpha or the standard deviation is not positive */
    public AdapterLayout {
        if (rank < 1) {
            throw new IllegalArgumentException("rank must be positive, not " + rank);
        }
        if (!(alpha > 0 && Double.isFinite(alpha))) {
            throw new IllegalArgumentException("alpha must be positive, not " + alpha);
        }
        if (!(initStd > 0 && Double.isFinite(initStd))) {
            throw new IllegalArgumentException("init_std must be positive, not " + initStd);
        }
        projections = List.copyOf(projections);
        layers = List.copyOf(layers);
    }

    /**
     * {@link #DEFAULT} with a YAML or JSON file and {@code a.b=c} overrides laid over it.
     *
     * @throws BadInputException naming the key, when one is unknown or its value of a wrong type
     */
    public static AdapterLayout read(Path file, List<String> overrides) {
        return ConfigTree.read(DEFAULT, file, overrides);
    }

    /**
     * The adapted matrices of a model for {@code preferences} dimensions, layer by layer.
     *
     * @throws BadInputException when a range leaves the model, nothing is adapted, a rank exceeds its matrix, or the preference
     *     would reach no matrix
     */
    public AdapterPlan resolve(LlamaConfig config, int preferences) {
        if (preferences < 1) {
            throw new IllegalArgumentException("at least one preference dimension is needed, not " + preferences);
        }
        List<Map<Projection, Cell>> cells = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            Map<Projection, Cell> row = new EnumMap<>(Projection.class);
            projections.forEach(projection -> row.put(projection, new Cell(rank, preference)));
            cells.add(row);
        }
        layers.forEach(rule -> apply(rule, config, cells));
        return plan(cells, config, preferences);
    }

    /** What one matrix carries. */
    private record Cell(int rank, boolean preference) { }

    private void apply(LayerRule rule, LlamaConfig config, List<Map<Projection, Cell>> cells) {
        LayerRange range = range(rule, config);
        for (int layer = range.first(); layer <= range.last(); layer++) {
            Map<Projection, Cell> row = cells.get(layer);
            List<Projection> concerned = rule.projections().isEmpty() ? List.copyOf(row.keySet()) : rule.projections();
            for (Projection projection : concerned) {
                Cell before = row.getOrDefault(projection, new Cell(rank, preference));
                Cell after = new Cell(rule.rank().orElse(before.rank()), rule.preference().orElse(before.preference()));
                if (after.rank() == 0) {
                    row.remove(projection);
                } else {
                    row.put(projection, after);
                }
            }
        }
    }

    private static LayerRange range(LayerRule rule, LlamaConfig config) {
        try {
            return LayerRange.parse(rule.range(), config);
        } catch (IllegalArgumentException e) {
            throw new BadInputException("adapter layout: " + e.getMessage(), e);
        }
    }

    private AdapterPlan plan(List<Map<Projection, Cell>> cells, LlamaConfig config, int preferences) {
        List<AdaptedMatrix> matrices = new ArrayList<>();
        for (int layer = 0; layer < cells.size(); layer++) {
            for (Map.Entry<Projection, Cell> entry : cells.get(layer).entrySet()) {
                Projection projection = entry.getKey();
                Cell cell = entry.getValue();
                matrices.add(checked(new AdaptedMatrix(layer, projection, projection.inputs(config), projection.outputs(config),
                    cell.rank(), cell.preference() ? preferences : 0)));
            }
        }
        if (matrices.stream().noneMatch(matrix -> matrix.preferenceEntries() > 0)) {
            throw new BadInputException("adapter layout: no matrix carries preference entries, so the model could not follow a preference");
        }
        return new AdapterPlan(matrices, alpha, initStd);
    }

    private static AdaptedMatrix checked(AdaptedMatrix matrix) {
        int most = Math.min(matrix.inputs(), matrix.outputs());
        if (matrix.directions() > most) {
            throw new BadInputException("adapter layout: layer " + matrix.layer() + " " + matrix.projection() + " would have rank "
                + matrix.directions() + ", preference entries counted in, but its matrix has at most " + most);
        }
        return matrix;
    }
}
