package dev.panacea.transformer.adapter;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.transformer.config.ConfigTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An {@link AdapterLayout} worked out for one model.
 *
 * @param matrices by layer, then projection
 * @param alpha a; a matrix's adapter is multiplied by a over its own k
 */
public record AdapterPlan(List<AdaptedMatrix> matrices, double alpha, double initStd) {
    private static final int FLOAT_BYTES = 4;
    /** Master, gradient and the two moments of the optimiser. */
    private static final int COPIES_IN_TRAINING = 4;

    public AdapterPlan {
        matrices = List.copyOf(matrices);
    }

    /** a / k. */
    public float multiplier(AdaptedMatrix matrix) {
        return (float) (alpha / matrix.rank());
    }

    public long parameterCount() {
        return matrices.stream().mapToLong(AdaptedMatrix::parameterCount).sum();
    }

    /** Bytes of the F32 masters: an adapter's size on disk. */
    public long bytes() {
        return parameterCount() * FLOAT_BYTES;
    }

    /** Bytes while training: masters, gradients and both moments, F32. */
    public long trainingBytes() {
        return bytes() * COPIES_IN_TRAINING;
    }

    /** A table for people: a line for each run of layers that are alike, then the sums. */
    public String table() {
        String row = "%-9s %-10s %8s %8s %5s %5s %14s%n";
        StringBuilder text = new StringBuilder(row.formatted("layers", "projection", "inputs", "outputs", "k", "m", "parameters"));
        for (LayerRun run : runs()) {
            String layers = run.first == run.last ? "" + run.first : run.first + "-" + run.last;
            for (AdaptedMatrix matrix : run.matrices) {
                text.append(row.formatted(layers, lowerCase(matrix.projection()), matrix.inputs(), matrix.outputs(), matrix.rank(),
                    matrix.preferenceEntries(), grouped(matrix.parameterCount() * (run.last - run.first + 1))));
            }
        }
        return text.append("total: %s parameters in %d matrices, %s bytes, %s bytes while training%n".formatted(
            grouped(parameterCount()), matrices.size(), grouped(bytes()), grouped(trainingBytes()))).toString();
    }

    /** The same for machines: every matrix and the sums. */
    public ObjectNode toTree() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("alpha", alpha).put("init_std", initStd).put("parameters", parameterCount()).put("bytes", bytes())
            .put("training_bytes", trainingBytes());
        ArrayNode array = tree.putArray("matrices");
        matrices.forEach(matrix -> array.add(ConfigTree.toTree(matrix).put("parameters", matrix.parameterCount())));
        return tree;
    }

    /** Consecutive layers whose adapters are alike. */
    private record LayerRun(int first, int last, List<AdaptedMatrix> matrices) {

        boolean isContinuedBy(int layer, List<AdaptedMatrix> others) {
            return layer == last + 1 && others.stream().map(LayerRun::withoutLayer).toList()
                .equals(matrices.stream().map(LayerRun::withoutLayer).toList());
        }

        private static AdaptedMatrix withoutLayer(AdaptedMatrix matrix) {
            return new AdaptedMatrix(0, matrix.projection(), matrix.inputs(), matrix.outputs(), matrix.rank(),
                matrix.preferenceEntries());
        }
    }

    private List<LayerRun> runs() {
        Map<Integer, List<AdaptedMatrix>> byLayer = new LinkedHashMap<>();
        matrices.forEach(matrix -> byLayer.computeIfAbsent(matrix.layer(), unused -> new ArrayList<>()).add(matrix));
        List<LayerRun> runs = new ArrayList<>();
        byLayer.forEach((layer, group) -> {
            if (!runs.isEmpty() && runs.getLast().isContinuedBy(layer, group)) {
                LayerRun run = runs.removeLast();
                runs.add(new LayerRun(run.first, layer, run.matrices));
            } else {
                runs.add(new LayerRun(layer, layer, group));
            }
        });
        return runs;
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String lowerCase(Projection projection) {
        return projection.name().toLowerCase(Locale.ROOT);
    }
}
