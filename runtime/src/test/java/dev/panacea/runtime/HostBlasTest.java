package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.bindings.OneDnn;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HostBlasTest {
    private final HostDevice device = new HostDevice(3);
    private final MemoryScope scope = device.openScope("test");

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    record Product(DType dtype, boolean transposeA, boolean transposeB, int m, int n, int k, int padding, float alpha, float beta) {
        int strideA() {
            return (transposeA ? m : k) + padding;
        }

        int strideB() {
            return (transposeB ? k : n) + padding;
        }

        int strideC() {
            return n + padding;
        }
    }

    static Stream<Product> products() {
        int[][] extents = {{1, 1, 1}, {7, 3, 5}, {64, 64, 16}, {129, 10, 66}, {300, 17, 40}, {31, 10, 700}, {5, 600, 33}, {513, 130, 64},
            {150, 10, 700}, {64, 96, 128}, {200, 3, 1200}};
        float[][] factors = {{1, 0}, {1, 1}, {-0.5f, 2}};
        var products = Stream.<Product>builder();
        for (int i = 0; i < extents.length * 8; i++) {
            int[] e = extents[i / 8];
            float[] f = factors[i % 3];
            DType dtype = (i & 4) == 0 ? DType.F32 : DType.BF16;
            products.add(new Product(dtype, (i & 1) != 0, (i & 2) != 0, e[0], e[1], e[2], i % 3 * 5, f[0], f[1]));
        }
        return products.build();
    }

    // Integers in [-4, 4] are exact in bfloat16, and so are their sums in float32: every order of adding gives the same.
    private Buffer integers(DType dtype, int rows, int stride, SplittableRandom random) {
        HostBuffer buffer = scope.allocateHost("matrix", dtype, (long) rows * stride);
        MemorySegment segment = buffer.segment();
        for (long i = 0; i < buffer.count(); i++) {
            int bits = Float.floatToIntBits(random.nextInt(-4, 5));
            if (dtype == DType.F32) {
                segment.setAtIndex(ValueLayout.JAVA_INT, i, bits);
            } else {
                segment.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> 16));
            }
        }
        return buffer;
    }

    private static float value(Buffer buffer, long index) {
        MemorySegment segment = HostBuffer.segment(buffer);
        return buffer.dtype() == DType.F32 ? segment.getAtIndex(ValueLayout.JAVA_FLOAT, index)
            : Float.intBitsToFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
    }

    @ParameterizedTest
    @MethodSource("products")
    void integersComeOutExactAndPaddingStays(Product p) {
        check(p, device.blas());
    }

    @ParameterizedTest
    @MethodSource("products")
    void soTheyDoOnProcessorsWithoutBf16(Product p) {
        try (var workers = new Workers(2); var blas = new HostBlas(OneDnn.load(), workers, true)) {
            check(p, blas);
        }
    }

    private void check(Product p, Blas blas) {
        var random = new SplittableRandom(p.toString().hashCode());
        Buffer a = integers(p.dtype, p.transposeA ? p.k : p.m, p.strideA(), random);
        Buffer b = integers(p.dtype, p.transposeB ? p.n : p.k, p.strideB(), random);
        var c = (HostBuffer) integers(DType.F32, p.m, p.strideC(), random);
        float[] expected = expected(p, a, b, c.toFloats());
        if (p.beta == 0) {
            poison(p, c);
        }
        blas.gemm(p.transposeA, p.transposeB, p.m, p.n, p.k, p.alpha, a, p.strideA(), b, p.strideB(), p.beta, c, p.strideC());
        assertArrayEquals(expected, c.toFloats());
    }

    private static void poison(Product p, HostBuffer c) {
        for (int i = 0; i < p.m * p.n; i++) {
            c.setFloat((long) i / p.n * p.strideC() + i % p.n, Float.NaN);
        }
    }

    private static float[] expected(Product p, Buffer a, Buffer b, float[] c) {
        for (int i = 0; i < p.m; i++) {
            for (int j = 0; j < p.n; j++) {
                double sum = 0;
                for (int q = 0; q < p.k; q++) {
                    sum += (double) value(a, p.transposeA ? (long) q * p.strideA() + i : (long) i * p.strideA() + q)
                        * value(b, p.transposeB ? (long) j * p.strideB() + q : (long) q * p.strideB() + j);
                }
                c[i * p.strideC() + j] = (float) (p.alpha * sum + p.beta * c[i * p.strideC() + j]);
            }
        }
        return c;
    }

    @Test
    void theNumberOfThreadsChangesNoBit() {
        for (int[] e : new int[][] {{1000, 10, 300}, {384, 10, 2000}, {130, 66, 777}, {600, 700, 100}, {3, 900, 500}}) {
            float[] one = randomProduct(1, e[0], e[1], e[2]);
            assertArrayEquals(one, randomProduct(2, e[0], e[1], e[2]));
            assertArrayEquals(one, randomProduct(5, e[0], e[1], e[2]));
        }
    }

    private static float[] randomProduct(int threads, int m, int n, int k) {
        try (var other = new HostDevice(threads); var memory = other.openScope("product")) {
            var random = new SplittableRandom(m);
            HostBuffer a = uniform(memory, m * k, random);
            HostBuffer b = uniform(memory, k * n, random);
            HostBuffer c = memory.allocateHost("c", DType.F32, (long) m * n);
            other.blas().gemm(true, false, m, n, k, 1, a, m, b, n, 0, c, n);
            return c.toFloats();
        }
    }

    private static HostBuffer uniform(MemoryScope memory, int count, SplittableRandom random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return memory.allocateHost("uniform", DType.F32, count).copyFrom(values);
    }

    @Test
    void tasksMayMultiply() {
        var random = new SplittableRandom(9);
        int tasks = 16;
        HostBuffer a = uniform(scope, tasks * 64 * 64, random);
        HostBuffer b = uniform(scope, 64 * 16, random);
        HostBuffer together = scope.allocateHost("c", DType.F32, tasks * 64 * 16);
        HostBuffer apart = scope.allocateHost("c", DType.F32, tasks * 64 * 16);
        for (HostBuffer c : new HostBuffer[] {together, apart}) {
            for (int pass = 0; pass < 50; pass++) {
                device.workers().forEach(tasks, task -> device.blas().gemm(false, false, 64, 16, 64, 1, a.slice(task * 4096L, 4096), 64,
                    b, 16, 0, c.slice(task * 1024L, 1024), 16));
            }
        }
        assertArrayEquals(together.toFloats(), apart.toFloats());
    }

    @Test
    void emptyExtentsAreEmptySums() {
        HostBuffer c = scope.allocateHost("c", DType.F32, 6).copyFrom(new float[] {1, 2, 3, 4, 5, 6});
        Buffer none = scope.allocate("none", DType.F32, 0);
        device.blas().gemm(false, false, 0, 3, 2, 1, none, 2, c, 3, 0, none, 3);
        device.blas().gemm(false, false, 2, 2, 0, 1, none, 0, none, 2, 0.5f, c, 3);
        assertArrayEquals(new float[] {0.5f, 1, 3, 2, 2.5f, 6}, c.toFloats());
        device.blas().gemm(false, false, 2, 2, 0, 1, none, 0, none, 2, 0, c.copyFrom(new float[] {Float.NaN}), 3);
        assertArrayEquals(new float[] {0, 0, 3, 0, 0, 6}, c.toFloats());
    }

    @Test
    void refusesWhatDoesNotFit() {
        Buffer f32 = scope.allocate("x", DType.F32, 12);
        Buffer bf16 = scope.allocate("y", DType.BF16, 12);
        assertRefused("F32 and BF16", f32, 4, bf16, 3, f32, 3);
        assertRefused("into BF16", f32, 4, f32, 3, bf16, 3);
        assertRefused("A of (3, 4) with stride 5 does not fit", f32, 5, f32, 3, f32, 3);
        assertRefused("B of (4, 3) with stride 2", f32, 4, f32, 2, f32, 3);
        assertRefused("C of (3, 3) with stride 6", f32, 4, f32, 3, f32, 6);
    }

    private void assertRefused(String part, Buffer a, int lda, Buffer b, int ldb, Buffer c, int ldc) {
        var refusal = assertThrows(IllegalArgumentException.class,
            () -> device.blas().gemm(false, false, 3, 3, 4, 1, a, lda, b, ldb, 0, c, ldc));
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    @Test
    void tilesCoverEveryElementOnce() {
        for (int[] e : new int[][] {{1, 1, 1}, {4096, 128, 384}, {384, 10, 4096}, {1, 32_000, 512}, {1000, 1000, 1000}, {257, 513, 2000}}) {
            Tiling tiling = Tiling.of(e[0], e[1], e[2]);
            int[] covered = new int[e[0] * e[1]];
            for (int tile = 0; tile < tiling.count(); tile++) {
                for (int i = 0; i < tiling.rows(tile) * tiling.columns(tile); i++) {
                    covered[(tiling.row(tile) + i / tiling.columns(tile)) * e[1] + tiling.column(tile) + i % tiling.columns(tile)]++;
                }
            }
            for (int count : covered) {
                assertEquals(1, count);
            }
        }
    }

    @Test
    void namesTheLibrary() {
        assertTrue(device.blas().description().matches("oneDNN \\d+\\.\\d+\\.\\d+"), device.blas().description());
    }
}
