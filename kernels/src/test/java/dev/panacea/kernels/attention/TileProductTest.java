package dev.panacea.kernels.attention;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every block sums in the order of k, so each is held to the bits of a chain of fused multiply-adds, on any machine's vectors. */
class TileProductTest {
    private final SplittableRandom random = new SplittableRandom();

    private interface Product {
        void run(int m, int n, int k, Matrix a, Matrix b, Matrix s, Matrix c);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "3,4,7", "4,2,16", "8,3,5", "13,7,33", "32,8,64"})
    void tilesOfAnyShape(int m, int vectors, int k) {
        check(TileProduct::multiply, m, vectors * LANES, k);
    }

    /** One machine takes blocks four vectors wide and another two; here each is asked for. */
    @Test
    void blocksThatAnotherMachineWouldTake() {
        for (int k : new int[] {1, 2, 17}) {
            check((m, n, depth, a, b, s, c) -> TileProduct.block4x4(depth, a, b, s, c), 4, 4 * LANES, k);
            check((m, n, depth, a, b, s, c) -> TileProduct.blocks4x2(m, depth, a, b, s, c), 12, 2 * LANES, k);
        }
    }

    private void check(Product product, int m, int n, int k) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment left = random(arena, m * k);
            MemorySegment right = random(arena, k * n);
            MemorySegment start = random(arena, m * n);
            MemorySegment result = random(arena, m * n);
            Matrix b = Matrix.rows(right, 0, n);
            Matrix s = Matrix.rows(start, 0, n);
            Matrix c = Matrix.rows(result, 0, n);
            for (Matrix a : new Matrix[] {Matrix.rows(left, 0, k), Matrix.rows(left, 0, m).transposed()}) {
                product.run(m, n, k, a, b, s, c);
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        float sum = s.get(i, j);
                        for (int p = 0; p < k; p++) {
                            sum = Math.fma(a.get(i, p), b.get(p, j), sum);
                        }
                        assertEquals(sum, c.get(i, j), i + ", " + j);
                    }
                }
            }
        }
    }

    private MemorySegment random(Arena arena, int count) {
        MemorySegment floats = arena.allocate((long) count * Float.BYTES, 64);
        Matrix row = Matrix.rows(floats, 0, count);
        for (int i = 0; i < count; i++) {
            row.set(0, i, (float) random.nextGaussian());
        }
        return floats;
    }
}
