package dev.panacea.runtime.simulator.corpus;

import java.util.SplittableRandom;

/** Seeded inputs of the corpus. */
record Inputs(SplittableRandom random) {

    int[] ints(int count) {
        return random.ints(count).toArray();
    }

    /** In [from, to). */
    int[] ints(int count, int from, int to) {
        return random.ints(count, from, to).toArray();
    }

    long[] longs(int count) {
        return random.longs(count).toArray();
    }

    /** In [from, to). */
    double[] doubles(int count, double from, double to) {
        return random.doubles(count, from, to).toArray();
    }

    /** In [from, to]. */
    float[] floats(int count, double from, double to) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(from, to);
        }
        return values;
    }

    /** Any bits: NaN, infinities, subnormals and zeros of both signs at the front, then whatever comes. */
    float[] anyFloats(int count) {
        float[] corners = {0.0f, -0.0f, 1.0f, -1.0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE,
            -Float.MIN_VALUE, Float.MIN_NORMAL, -Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 0.5f, 1.5f, -2.5f, 8388607.5f,
            16777216.0f, 2147483648.0f, -2147483648.0f, 4294967296.0f, 65504.0f, 65520.0f, 6.0e-8f, 1.0e-40f, 3.3895314e38f};
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i < corners.length ? corners[i] : Float.intBitsToFloat(random.nextInt());
        }
        return values;
    }
}
