package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorCoreBytesTest {
    private static final int SLOTS = 16;

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void sumsOfAllSignsWrapOrClamp(int k) {
        Fragments fragments = new Fragments(k, 8, 32);
        for (int round = 0; round < 80; round++) {
            boolean signedA = (round & 1) != 0;
            boolean signedB = (round & 2) != 0;
            boolean finite = (round & 4) != 0;
            int[] r = random.ints(SLOTS * Lanes.WARP).toArray();
            int[] a = IntStream.range(3, 3 + fragments.registersOfA()).toArray();
            int[] b = IntStream.range(9, 9 + fragments.registersOfB()).toArray();
            int[] c = {2, 0, 15, 1};
            // over the accumulators, over operands, or apart
            int[] d = round % 3 == 0 ? c : round % 3 == 1 ? new int[] {9, 4, 3, 12} : new int[] {14, 13, 12, 11};
            int[] after = r.clone();
            if (k == 32) {
                TensorCore.m16n8k32Bytes(after, d, a, signedA, b, signedB, c, finite);
            } else {
                TensorCore.m16n8k16Bytes(after, d, a, signedA, b, signedB, c, finite);
            }
            for (int i = 0; i < Fragments.M; i++) {
                for (int j = 0; j < Fragments.N; j++) {
                    long sum = Fragments.get(r, c, fragments.c(i, j), 32);
                    for (int t = 0; t < k; t++) {
                        sum += (long) value(Fragments.get(r, a, fragments.a(i, t), 8), signedA)
                            * value(Fragments.get(r, b, fragments.b(t, j), 8), signedB);
                    }
                    int expected = finite ? Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE) : (int) sum;
                    assertEquals(expected, Fragments.get(after, d, fragments.c(i, j), 32), () -> "seed " + seed);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOverflowingSumClampsOnlyWhenAsked(boolean finite) {
        int[] r = new int[SLOTS * Lanes.WARP];
        Arrays.fill(r, 0, 6 * Lanes.WARP, 0x7f7f7f7f);
        Arrays.fill(r, 6 * Lanes.WARP, 7 * Lanes.WARP, Integer.MAX_VALUE - 1);
        int[] d = {7, 8, 9, 10};
        int[] a = {0, 1, 2, 3};
        int[] b = {4, 5};
        int[] c = {6, 6, 6, 6};
        TensorCore.m16n8k32Bytes(r, d, a, true, b, true, c, finite);
        int expected = finite ? Integer.MAX_VALUE : Integer.MAX_VALUE - 1 + 32 * 127 * 127;
        for (int i = 7 * Lanes.WARP; i < 11 * Lanes.WARP; i++) {
            assertEquals(expected, r[i]);
        }
    }

    private static int value(int bits, boolean signed) {
        return signed ? (byte) bits : bits;
    }
}
