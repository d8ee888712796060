package dev.panacea.kernels.sampling;

import dev.panacea.kernels.vectors.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The logits of one row: elements [from, from + vocabulary) of {@code memory}. */
record LogitRow(MemorySegment memory, long from, int vocabulary) {

    float at(int id) {
        return memory.getAtIndex(ValueLayout.JAVA_FLOAT, from + id);
    }

    /** The largest logit; NaN when there is one. */
    float largest() {
        FloatVector largest = Lanes.all(Float.NEGATIVE_INFINITY);
        int whole = Lanes.SPECIES.loopBound(vocabulary);
        for (int id = 0; id < whole; id += Lanes.COUNT) {
            largest = largest.max(Lanes.load(memory, from + id, from + whole));
        }
        float result = largest.reduceLanes(VectorOperators.MAX);
        for (int id = whole; id < vocabulary; id++) {
            result = Math.max(result, at(id));
        }
        return result;
    }

    /** Lowest id with this very logit, which must occur. */
    int firstOf(float logit) {
        int id = 0;
        while (at(id) != logit) {
            id++;
        }
        return id;
    }

    /** Ids of the {@code count} largest logits, largest first, the lower id first among equals. */
    int[] ranked(int count) {
        long[] best = new long[(int) Math.min(vocabulary, 2L * count)];
        int held = 0;
        long worst = Long.MAX_VALUE;
        for (int id = 0; id < vocabulary; id++) {
            long key = rankingKey(at(id), id);
            if (key < worst) {
                best[held++] = key;
                if (held == best.length && held > count) {
                    // a full buffer is cut back to its better half: every id costs a constant number of sorting steps
                    Arrays.sort(best);
                    held = count;
                    worst = best[count - 1];
                }
            }
        }
        Arrays.sort(best, 0, held);
        int[] ids = new int[Math.min(count, held)];
        Arrays.setAll(ids, i -> (int) best[i]);
        return ids;
    }

    /** Orders by falling logit, then by rising id. */
    private static long rankingKey(float logit, int id) {
        // adding 0 makes one zero of the two; flipping the magnitude bits of negative numbers makes ints order like the floats
        int bits = Float.floatToIntBits(logit + 0f);
        int rising = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return (long) ~rising << 32 | id;
    }
}
