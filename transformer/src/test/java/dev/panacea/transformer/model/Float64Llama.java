package dev.panacea.transformer.model;

import dev.panacea.transformer.adapter.AdaptedMatrix;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * A Llama's forward in float64, one token after another, written from its equations: matrices are looked up under their Hugging
 * Face names, adapters under theirs. Values may be changed between calls.
 */
public final class Float64Llama {
    private final LlamaConfig config;
    private final Map<String, double[]> values = new LinkedHashMap<>();
    private final Map<String, Double> multipliers = new LinkedHashMap<>();
    private DoubleUnaryOperator rounding = DoubleUnaryOperator.identity();

    public Float64Llama(LlamaConfig config) {
        this.config = config;
    }

    public Float64Llama with(TrainableLlama weights) {
        weights.parameters().tensors().keySet().forEach(name -> put(name, weights.parameters().master(name).toFloats()));
        return this;
    }

    public Float64Llama with(SvdLoraAdapter adapter) {
        adapter.parameters().tensors().keySet().forEach(name -> put(name, adapter.parameters().master(name).toFloats()));
        for (AdaptedMatrix matrix : adapter.plan().matrices()) {
            multipliers.put("layers." + matrix.layer() + "." + matrix.projection().module(), adapter.plan().alpha() / matrix.rank());
        }
        return this;
    }

    public Float64Llama put(String name, float[] array) {
        double[] wide = new double[array.length];
        Arrays.setAll(wide, i -> array[i]);
        values.put(name, wide);
        return this;
    }

    /** From now on every stored matrix and every operand of a product with one is rounded so; sums stay exact. */
    public Float64Llama rounding(DoubleUnaryOperator change) {
        rounding = change;
        return this;
    }

    /** The array of that name itself. */
    public double[] get(String name) {
        return values.get(name);
    }

    /** Hidden states behind the final norm, a row a token. */
    public double[][] hidden(int[] ids, double... lambda) {
        double[][] stream = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            int from = ids[t] * config.hiddenSize();
            stream[t] = Arrays.stream(get("model.embed_tokens.weight"), from, from + config.hiddenSize()).map(rounding).toArray();
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            block(layer, stream, lambda);
        }
        return norms(stream, "model.norm.weight");
    }

    public double[][] logits(int[] ids, double... lambda) {
        double[] head = get(config.tieEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight");
        double[][] hidden = hidden(ids, lambda);
        return Arrays.stream(hidden).map(row -> product(head, row)).toArray(double[][]::new);
    }

    /** Sum of the log-probabilities of the tokens from {@code prompt} on. */
    public double logProb(int[] ids, int prompt, double... lambda) {
        double[][] logits = logits(Arrays.copyOf(ids, ids.length - 1), lambda);
        double sum = 0;
        for (int t = prompt - 1; t < logits.length; t++) {
            sum += logits[t][ids[t + 1]] - logSumExp(logits[t]);
        }
        return sum;
    }

    public static double logSumExp(double[] row) {
        double largest = Arrays.stream(row).max().orElseThrow();
        return largest + Math.log(Arrays.stream(row).map(value -> Math.exp(value - largest)).sum());
    }

    private void block(int layer, double[][] stream, double[] lambda) {
        String own = "model.layers." + layer + ".";
        double[][] normed = norms(stream, own + "input_layernorm.weight");
        double[][] mixed = project(layer, Projection.O, attended(layer, normed, lambda), lambda);
        add(stream, mixed);
        double[][] inner = norms(stream, own + "post_attention_layernorm.weight");
        double[][] gate = project(layer, Projection.GATE, inner, lambda);
        double[][] up = project(layer, Projection.UP, inner, lambda);
        for (int t = 0; t < gate.length; t++) {
            for (int i = 0; i < gate[t].length; i++) {
                gate[t][i] *= up[t][i] / (1 + Math.exp(-gate[t][i]));
            }
        }
        add(stream, project(layer, Projection.DOWN, gate, lambda));
    }

    private double[][] attended(int layer, double[][] normed, double[] lambda) {
        double[][] query = turned(project(layer, Projection.Q, normed, lambda));
        double[][] key = turned(project(layer, Projection.K, normed, lambda));
        double[][] value = project(layer, Projection.V, normed, lambda);
        double[][] output = new double[normed.length][config.queryWidth()];
        for (int t = 0; t < normed.length; t++) {
            for (int head = 0; head < config.heads(); head++) {
                attend(head, t, query[t], key, value, output[t]);
            }
        }
        return output;
    }

    private void attend(int head, int token, double[] query, double[][] key, double[][] value, double[] output) {
        int size = config.headDim();
        int shared = head * config.kvHeads() / config.heads() * size;
        double[] score = new double[token + 1];
        for (int s = 0; s <= token; s++) {
            for (int i = 0; i < size; i++) {
                score[s] += query[head * size + i] * key[s][shared + i] / Math.sqrt(size);
            }
        }
        double normaliser = logSumExp(score);
        for (int s = 0; s <= token; s++) {
            for (int i = 0; i < size; i++) {
                output[head * size + i] += Math.exp(score[s] - normaliser) * value[s][shared + i];
            }
        }
    }

    /** Rotary embedding, rotate-half: row t is at position t. */
    private double[][] turned(double[][] rows) {
        int size = config.headDim();
        for (int t = 0; t < rows.length; t++) {
            for (int i = 0; i < size / 2; i++) {
                double angle = t * config.ropeScaling().apply(1 / Math.pow(config.ropeTheta(), 2.0 * i / size));
                double cosine = Math.cos(angle);
                double sine = Math.sin(angle);
                for (int at = i; at < rows[t].length; at += size) {
                    double a = rows[t][at];
                    double b = rows[t][at + size / 2];
                    rows[t][at] = a * cosine - b * sine;
                    rows[t][at + size / 2] = a * sine + b * cosine;
                }
            }
        }
        return rows;
    }

    private double[][] project(int layer, Projection projection, double[][] rows, double[] lambda) {
        double[] weight = get("model.layers." + layer + "." + projection.module() + ".weight");
        String adapter = "layers." + layer + "." + projection.module();
        double[][] results = new double[rows.length][];
        for (int t = 0; t < rows.length; t++) {
            results[t] = product(weight, rows[t]);
            if (multipliers.containsKey(adapter)) {
                addAdapter(adapter, rows[t], lambda, results[t]);
            }
        }
        return results;
    }

    private void addAdapter(String name, double[] x, double[] lambda, double[] y) {
        double[] left = get(name + ".U");
        double[] right = get(name + ".V");
        double[] singular = get(name + ".sigma");
        int rank = left.length / y.length;
        for (int j = 0; j < rank; j++) {
            double along = 0;
            for (int i = 0; i < x.length; i++) {
                along += x[i] * right[i * rank + j];
            }
            double entry = j < singular.length ? singular[j] : get(name + ".s")[0] * lambda[j - singular.length];
            double scaled = multipliers.get(name) * entry * along;
            for (int i = 0; i < y.length; i++) {
                y[i] += scaled * left[i * rank + j];
            }
        }
    }

    private double[][] norms(double[][] rows, String weight) {
        double[] scale = get(weight);
        return Arrays.stream(rows).map(row -> {
            double mean = Arrays.stream(row).map(value -> value * value).sum() / row.length;
            double[] normed = new double[row.length];
            Arrays.setAll(normed, i -> row[i] / Math.sqrt(mean + config.rmsNormEpsilon()) * scale[i]);
            return normed;
        }).toArray(double[][]::new);
    }

    private double[] product(double[] matrix, double[] x) {
        double[] rounded = Arrays.stream(x).map(rounding).toArray();
        double[] y = new double[matrix.length / x.length];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += rounding.applyAsDouble(matrix[i * x.length + j]) * rounded[j];
            }
        }
        return y;
    }

    private static void add(double[][] stream, double[][] part) {
        for (int t = 0; t < stream.length; t++) {
            for (int i = 0; i < stream[t].length; i++) {
                stream[t][i] += part[t][i];
            }
        }
    }
}
