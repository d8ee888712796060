package dev.panacea.bench.device;

import dev.panacea.kernels.attention.Attention;
import java.util.ArrayList;
import java.util.List;

/** One sequence of attention, in bfloat16. */
record AttentionShape(int tokens, int heads, int keyValueHeads, int dimension, boolean causal) {
    // the backward multiplies five times what the forward multiplies twice
    private static final double BACKWARD = 2.5;

    /** Both maskings, 1k to {@code longest} tokens, head dimensions 64 and 128, 32 heads alone and 64 in groups of eight. */
    static List<AttentionShape> upTo(int longest) {
        List<AttentionShape> shapes = new ArrayList<>();
        for (int tokens = 1024; tokens <= longest; tokens *= 2) {
            for (int dimension : new int[] {128, 64}) {
                for (boolean causal : new boolean[] {true, false}) {
                    shapes.add(new AttentionShape(tokens, 32, 32, dimension, causal));
                    shapes.add(new AttentionShape(tokens, 64, 8, dimension, causal));
                }
            }
        }
        return shapes;
    }

    /** Operations of the mathematics; a causal mask halves them. */
    double flops(boolean backward) {
        double forward = 4.0 * tokens * tokens * heads * dimension * (causal ? 0.5 : 1);
        return backward ? forward * (1 + BACKWARD) : forward;
    }

    Attention.Shape shape() {
        return new Attention.Shape(heads, keyValueHeads, dimension, (float) (1 / Math.sqrt(dimension)), causal);
    }
}
