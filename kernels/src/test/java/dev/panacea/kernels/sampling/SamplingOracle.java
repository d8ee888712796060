package dev.panacea.kernels.sampling;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.sampling.Sampling.Settings;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which share of the uniform numbers draws which token of a row, by sorting everything in float64. */
final class SamplingOracle {
    // closest that a number may be to the border between two tokens for either to be drawn
    private static final double BORDER = 1e-6;

    private final double[] from;
    private final double[] to;

    SamplingOracle(float[] logits, Settings settings) {
        int[] order = order(logits, settings);
        double largest = logits[order(logits, new Settings(1, 1, 1))[0]];
        double[] weight = IntStream.of(order).mapToDouble(id -> Math.exp((logits[id] - largest) / settings.temperature())).toArray();
        int kept = kept(weight, settings.topP());
        double mass = Arrays.stream(weight, 0, kept).sum();
        from = new double[logits.length];
        to = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            from[order[i]] = sum / mass;
            sum += weight[i];
            to[order[i]] = sum / mass;
        }
    }

    /** Tokens that top-k leaves, in the order in which they are drawn. */
    private static int[] order(float[] logits, Settings settings) {
        boolean limited = settings.topK() > 0 && settings.topK() < logits.length;
        IntStream ids = IntStream.range(0, logits.length);
        if (!limited && settings.topP() == 1) {
            return ids.toArray();
        }
        // sorting objects keeps equals in their order, which is that of ids
        return ids.boxed().sorted((a, b) -> logits[a] == logits[b] ? 0 : Float.compare(logits[b], logits[a]))
            .limit(limited ? settings.topK() : logits.length).mapToInt(Integer::intValue).toArray();
    }

    private static int kept(double[] weight, float topP) {
        if (topP == 1) {
            return weight.length;
        }
        double target = topP * Arrays.stream(weight).sum();
        double sum = 0;
        int kept = 0;
        while (kept < weight.length && sum < target) {
            sum += weight[kept++];
        }
        assertTrue(kept == weight.length || Math.min(sum - target, target - sum + weight[kept - 1]) > BORDER * target,
            "top-p is on the border between two tokens; choose other inputs");
        return kept;
    }

    /** How far {@code uniform} is inside the share of {@code id}; negative outside of it. */
    double margin(double uniform, int id) {
        return to[id] == 0 ? -1 : Math.min(uniform - from[id], to[id] - uniform);
    }

    /** Whether {@code uniform} may draw {@code id}. */
    boolean allows(double uniform, int id) {
        return id >= 0 && id < to.length && margin(uniform, id) >= -BORDER;
    }

    double probability(int id) {
        return to[id] - from[id];
    }
}
