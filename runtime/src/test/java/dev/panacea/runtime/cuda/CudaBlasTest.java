package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.bindings.CStub;
import dev.panacea.runtime.bindings.Cublas;
import dev.panacea.runtime.bindings.CublasMath;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products through both ways to cuBLAS, by a stand-in that multiplies column-major matrices in host memory. */
class CudaBlasTest {
    private static final long WORKSPACE = 0x0a0b0c0d0e0f0000L;
    private static final long HANDLE = 0x1122334455667788L;
    private static final ToLongFunction<Buffer> ADDRESSES = buffer -> HostBuffer.segment(buffer).address();

    @TempDir
    static Path folder;

    private static CStub stub;
    private static Cublas cublas;

    private final HostDevice device = new HostDevice(1);
    private final MemoryScope scope = device.openScope("test");

    @BeforeAll
    static void compile() {
        stub = CublasStub.compile(folder);
        stub.call("stub_compute", 1);
        cublas = Cublas.load(stub.file());
    }

    @AfterAll
    static void stopComputing() {
        stub.call("stub_compute", 0);
    }

    @AfterEach
    void close() {
        stub.fail("", 0);
        scope.close();
        device.close();
    }

    private static CudaBlas blas(String driver) {
        return new CudaBlas(CublasChoice.open(cublas, driver), WORKSPACE, ADDRESSES, ComputeType.FLOAT32);
    }

    private enum Kind { SINGLE, STRIDED, SHARED_B, POINTERS }

    record Product(String driver, Kind kind, DType operands, DType result, boolean transposeA, boolean transposeB, long seed) {
        int batches() {
            return kind == Kind.SINGLE ? 1 : 3;
        }
    }

    static Stream<Product> products() {
        long seed = new SplittableRandom().nextLong();
        Stream.Builder<Product> products = Stream.builder();
        for (String driver : new String[] {"ffm", "jcuda"}) {
            for (Kind kind : Kind.values()) {
                for (DType operands : new DType[] {DType.F32, DType.BF16, DType.F16}) {
                    for (int bits = 0; bits < 8; bits++) {
                        products.add(new Product(driver, kind, operands, (bits & 4) == 0 ? DType.F32 : operands, (bits & 1) != 0,
                            (bits & 2) != 0, seed + bits));
                    }
                }
            }
        }
        return products.build();
    }

    /** One operand of a batch: its extents as stored, and the values as the oracle reads them. */
    private final class Operand {
        final int rows;
        final int columns;
        final int stride;
        final long distance;
        final Buffer buffer;

        Operand(DType dtype, int rows, int columns, int batches, boolean shared, SplittableRandom random) {
            this.rows = rows;
            this.columns = columns;
            stride = columns + random.nextInt(4);
            distance = shared || batches == 1 ? 0 : (long) rows * stride + random.nextInt(5);
            buffer = scope.allocate("operand", dtype, (batches - 1) * distance + (long) rows * stride);
            for (long i = 0; i < buffer.count(); i++) {
                set(buffer, i, (float) random.nextDouble(-2, 2));
            }
        }

        long index(int batch, int row, int column) {
            return batch * distance + (long) row * stride + column;
        }

        double at(int batch, int row, int column, boolean transposed) {
            return value(buffer, transposed ? index(batch, column, row) : index(batch, row, column));
        }

        MatrixBatch batch() {
            return new MatrixBatch(buffer, stride, distance);
        }

        MatrixPointers pointers(int batches) {
            Buffer pointers = scope.allocate("pointers", DType.I64, batches);
            for (int i = 0; i < batches; i++) {
                HostBuffer.segment(pointers).setAtIndex(ValueLayout.JAVA_LONG, i,
                    HostBuffer.segment(buffer).address() + i * distance * buffer.dtype().bytes());
            }
            return new MatrixPointers(pointers, buffer.dtype(), stride);
        }
    }

    private static void set(Buffer buffer, long index, float value) {
        var segment = HostBuffer.segment(buffer);
        switch (buffer.dtype()) {
            case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
            case F16 -> segment.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16(value));
            default -> segment.setAtIndex(ValueLayout.JAVA_SHORT, index, (short) (Float.floatToRawIntBits(value) >>> 16));
        }
    }

    private static float value(Buffer buffer, long index) {
        var segment = HostBuffer.segment(buffer);
        return switch (buffer.dtype()) {
            case F32 -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case F16 -> Float.float16ToFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT, index));
            default -> Float.intBitsToFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
        };
    }

    // Half a step of the result's type, and for float16 half its least step.
    private static double tolerance(DType result, double exact) {
        int fraction = result == DType.F32 ? 24 : result == DType.F16 ? 11 : 8;
        return Math.scalb(Math.abs(exact), -fraction) * 1.001 + (result == DType.F16 ? 0x1p-25 : 0x1p-149);
    }

    @ParameterizedTest
    @MethodSource("products")
    void agreesWithAnOracleInDouble(Product p) {
        var random = new SplittableRandom(p.seed);
        int m = random.nextInt(1, 9);
        int n = random.nextInt(1, 9);
        int k = random.nextInt(1, 9);
        var a = new Operand(p.operands, p.transposeA ? k : m, p.transposeA ? m : k, p.batches(), false, random);
        var b = new Operand(p.operands, p.transposeB ? n : k, p.transposeB ? k : n, p.batches(), p.kind == Kind.SHARED_B, random);
        var c = new Operand(p.result, m, n, p.batches(), false, random);
        float alpha = (float) random.nextDouble(-2, 2);
        float beta = random.nextBoolean() ? 0 : (float) random.nextDouble(-2, 2);
        double[] exact = new double[(int) c.buffer.count()];
        boolean[] written = new boolean[exact.length];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = value(c.buffer, i);
        }
        for (int batch = 0; batch < p.batches(); batch++) {
            for (int row = 0; row < m; row++) {
                for (int column = 0; column < n; column++) {
                    int at = (int) c.index(batch, row, column);
                    double sum = 0;
                    for (int i = 0; i < k; i++) {
                        sum += a.at(batch, row, i, p.transposeA) * b.at(batch, i, column, p.transposeB);
                    }
                    exact[at] = alpha * sum + beta * exact[at];
                    written[at] = true;
                    if (beta == 0) {
                        set(c.buffer, at, Float.NaN);
                    }
                }
            }
        }
        multiply(p, m, n, k, alpha, a, b, beta, c);
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs(value(c.buffer, i) - exact[i]);
            assertTrue(error <= (written[i] ? tolerance(p.result, exact[i]) : 0),
                p + " (" + m + ", " + k + ")·(" + k + ", " + n + "), element " + i + ": " + value(c.buffer, i) + " for " + exact[i]);
        }
    }

    private void multiply(Product p, int m, int n, int k, float alpha, Operand a, Operand b, float beta, Operand c) {
        try (CudaBlas blas = blas(p.driver)) {
            switch (p.kind) {
                case SINGLE -> blas.gemm(p.transposeA, p.transposeB, m, n, k, alpha, a.buffer, a.stride, b.buffer, b.stride, beta,
                    c.buffer, c.stride);
                case STRIDED, SHARED_B -> blas.gemmStrided(p.transposeA, p.transposeB, m, n, k, alpha, a.batch(), b.batch(), beta,
                    c.batch(), p.batches());
                case POINTERS -> blas.gemmPointers(p.transposeA, p.transposeB, m, n, k, alpha, a.pointers(p.batches()),
                    b.pointers(p.batches()), beta, c.pointers(p.batches()), p.batches());
            }
        }
        stub.assertCalled("cublasDestroy_v2", HANDLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffm", "jcuda"})
    void everyStreamGetsTheFixedWorkspace(String driver) {
        try (CudaBlas blas = blas(driver)) {
            stub.assertCalled("cublasSetWorkspace_v2", HANDLE, WORKSPACE, CudaBlas.WORKSPACE_BYTES);
            blas.useStream(new CudaStream(0x1234567890abcdefL));
            stub.assertCalled("cublasSetWorkspace_v2", HANDLE, WORKSPACE, CudaBlas.WORKSPACE_BYTES);
            stub.fail("cublasSetWorkspace_v2", 7);
            assertEquals("CUBLAS_STATUS_INVALID_VALUE",
                assertThrows(CudaException.class, () -> blas.useStream(CudaStream.DEFAULT)).error().name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffm", "jcuda"})
    void theHandleSeesItsStreamAndMode(String driver) {
        try (var handle = CublasChoice.open(cublas, driver).handle()) {
            handle.setStream(0x1234567890abcdefL);
            stub.assertCalled("cublasSetStream_v2", HANDLE, 0x1234567890abcdefL);
            handle.setMath(CublasMath.FULL_PRECISION_REDUCTIONS);
            stub.assertCalled("cublasSetMathMode", HANDLE, 16);
            assertEquals(120603, handle.version());
        }
        stub.assertCalled("cublasDestroy_v2", HANDLE);
    }

    @Test
    void theWayIsSaidWithItsReason() {
        assertEquals("cuBLAS 12.6.3 through FFM", CublasChoice.open(cublas, "ffm").description());
        assertEquals("the driver is ffm", CublasChoice.open(cublas, "ffm").reason());
        assertEquals("cuBLAS 12.6.3 through JCuda", CublasChoice.open(cublas, "jcuda").description());
        try (CudaBlas blas = blas("jcuda")) {
            assertEquals("cuBLAS 12.6.3 through JCuda", blas.description());
        }
    }

    @Test
    void anyOtherVersionGoesThroughFfm(@TempDir Path elsewhere) {
        CStub newer = CStub.compile("cublas", elsewhere, "-DSTUB_VERSION=130100");
        CublasChoice choice = CublasChoice.open(Cublas.load(newer.file()), "jcuda");
        assertEquals("cuBLAS 13.1.0 through FFM", choice.description());
        assertEquals("JCuda's bindings need cuBLAS 12, and this is 13.1.0", choice.reason());
    }

    @Test
    void tf32IsForFloat32Alone() {
        Buffer wide = scope.allocate("wide", DType.F32, 4);
        Buffer narrow = scope.allocate("narrow", DType.BF16, 4);
        try (var blas = new CudaBlas(CublasChoice.open(cublas, "ffm"), WORKSPACE, ADDRESSES, ComputeType.TF32)) {
            blas.gemm(false, false, 2, 2, 2, 1, wide, 2, wide, 2, 0, scope.allocate("c", DType.F32, 4), 2);
            assertEquals(77, stub.call("stub_argument", 17));
            blas.gemm(false, false, 2, 2, 2, 1, narrow, 2, narrow, 2, 0, wide, 2);
            assertEquals(68, stub.call("stub_argument", 17));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffm", "jcuda"})
    void failuresAreTold(String driver) {
        Buffer x = scope.allocate("x", DType.F32, 8);
        MatrixBatch batch = new MatrixBatch(x, 2, 4);
        try (CudaBlas blas = blas(driver)) {
            stub.fail("cublasGemmEx", 13);
            assertEquals(13, assertThrows(CudaException.class,
                () -> blas.gemm(false, false, 2, 2, 2, 1, x, 2, x, 2, 0, x, 2)).error().code());
            stub.fail("cublasGemmStridedBatchedEx", 14);
            assertEquals(14, assertThrows(CudaException.class,
                () -> blas.gemmStrided(false, false, 2, 2, 2, 1, batch, batch, 0, batch, 2)).error().code());
            stub.fail("cublasGemmBatchedEx", 3);
            var pointers = new MatrixPointers(scope.allocate("p", DType.I64, 1), DType.F32, 2);
            HostBuffer.segment(pointers.pointers()).setAtIndex(ValueLayout.JAVA_LONG, 0, HostBuffer.segment(x).address());
            assertEquals(3, assertThrows(CudaException.class,
                () -> blas.gemmPointers(false, false, 2, 2, 2, 1, pointers, pointers, 0, pointers, 1)).error().code());
        }
    }

    @Test
    void emptyProductsCallNothing() {
        Buffer x = scope.allocate("x", DType.F32, 4);
        var none = new MatrixPointers(scope.allocate("p", DType.I64, 0), DType.F32, 2);
        try (CudaBlas blas = blas("ffm")) {
            blas.gemm(false, false, 0, 2, 2, 1, x, 2, x, 2, 0, x, 2);
            blas.gemmStrided(false, false, 2, 2, 2, 1, new MatrixBatch(x, 2, 4), new MatrixBatch(x, 2, 4), 0, new MatrixBatch(x, 2, 4), 0);
            blas.gemmPointers(false, false, 2, 2, 2, 1, none, none, 0, none, 0);
            stub.assertCalled("cublasSetWorkspace_v2", HANDLE, WORKSPACE, CudaBlas.WORKSPACE_BYTES);
        }
    }

    @Test
    void anEmptySumScalesC() {
        HostBuffer c = scope.allocateHost("c", DType.F32, 6).copyFrom(new float[] {1, 2, 3, 4, 5, 6});
        Buffer none = scope.allocate("none", DType.F32, 0);
        try (CudaBlas blas = blas("ffm")) {
            blas.gemm(false, false, 2, 2, 0, 1, none, 0, none, 2, 0.5f, c, 3);
        }
        assertEquals("[0.5, 1.0, 3.0, 2.0, 2.5, 6.0]", Arrays.toString(c.toFloats()));
    }

    @Test
    void refusesWhatDoesNotFit() {
        Buffer x = scope.allocate("x", DType.F32, 12);
        Buffer y = scope.allocate("y", DType.BF16, 12);
        Buffer p = scope.allocate("p", DType.I64, 2);
        try (CudaBlas blas = blas("ffm")) {
            assertRefused("F32 and BF16", () -> blas.gemm(false, false, 3, 3, 4, 1, x, 4, y, 3, 0, x, 3));
            assertRefused("into BF16", () -> blas.gemm(false, false, 3, 3, 4, 1, x, 4, x, 3, 0, y, 3));
            assertRefused("A of (3, 4) with stride 5 does not fit", () -> blas.gemm(false, false, 3, 3, 4, 1, x, 5, x, 3, 0, x, 3));
            assertRefused("B of (3, 4) with stride 3 is no matrix", () -> blas.gemm(false, true, 3, 3, 4, 1, x, 4, x, 3, 0, x, 3));
            MatrixBatch near = new MatrixBatch(x, 2, 3);
            MatrixBatch apart = new MatrixBatch(x, 2, 4);
            assertRefused("C of (2, 2) with stride 2, 3 elements apart, overlaps itself",
                () -> blas.gemmStrided(false, false, 2, 2, 2, 1, apart, apart, 0, near, 2));
            assertRefused("A of 5 matrices 4 elements apart does not fit",
                () -> blas.gemmStrided(false, false, 2, 2, 2, 1, apart, apart, 0, apart, 5));
            assertRefused("A of (2, 2) with stride 2 does not fit",
                () -> blas.gemmStrided(false, false, 2, 2, 2, 1, new MatrixBatch(x, 2, 5), apart, 0, apart, 3));
            assertRefused("A of -1 matrices", () -> blas.gemmStrided(false, false, 2, 2, 2, 1, apart, apart, 0, apart, -1));
            MatrixPointers pointers = new MatrixPointers(p, DType.F32, 1);
            assertRefused("A needs 3 addresses of I64",
                () -> blas.gemmPointers(false, false, 1, 1, 1, 1, pointers, pointers, 0, pointers, 3));
        }
    }

    private static void assertRefused(String part, Runnable product) {
        String message = assertThrows(IllegalArgumentException.class, product::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
