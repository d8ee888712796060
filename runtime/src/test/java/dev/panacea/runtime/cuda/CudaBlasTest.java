package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.bindings.CStub;
import dev.panacea.runtime.bindings.Cublas;
import dev.panacea.runtime.bindings.CublasMath;
import dev.panacea.runtime.bindings.TemporaryProperty;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
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
    private static final long HANDLE = 0x1122334455667788L;

    @TempDir
    static Path folder;

    private static CStub stub;
    private static Cublas cublas;

    private static FakeDriver driver;
    private static CudaDevice device;
    private static Map<String, CudaBlas> blases;

    private final MemoryScope scope = device.openScope("device");
    private final HostDevice host = new HostDevice(1);
    private final MemoryScope hostScope = host.openScope("host");

    @BeforeAll
    static void compile() {
        stub = CublasStub.compile(folder);
        stub.call("stub_compute", 1);
        cublas = Cublas.load(stub.file());
        // One for all tests, since the fake never gives host memory back.
        driver = new FakeDriver(2, 256 << 20);
        device = CudaDevice.open(driver, 0);
        blases = Map.of("ffm", open("ffm"), "jcuda", open("jcuda"));
    }

    @AfterAll
    static void closeAll() {
        blases.values().forEach(CudaBlas::close);
        device.close();
        assertEquals(0, driver.openHandles());
        assertEquals(0, driver.allocatedBytes(0));
    }

    @AfterEach
    void close() {
        stub.fail("", 0);
        stub.call("stub_compute", 1);
        scope.close();
        hostScope.close();
        host.close();
    }

    private static CudaBlas open(String way) {
        return new CudaBlas(device, CublasChoice.open(cublas, way), ComputeType.FLOAT32);
    }

    private enum Kind { SINGLE, STRIDED, SHARED_B, POINTERS }

    record Product(String way, Kind kind, DType operands, DType result, boolean transposeA, boolean transposeB, long seed) {
        int batches() {
            return kind == Kind.SINGLE ? 1 : 3;
        }
    }

    static Stream<Product> products() {
        long seed = new SplittableRandom().nextLong();
        Stream.Builder<Product> products = Stream.builder();
        for (String way : new String[] {"ffm", "jcuda"}) {
            for (Kind kind : Kind.values()) {
                for (DType operands : new DType[] {DType.F32, DType.BF16, DType.F16}) {
                    for (int bits = 0; bits < 8; bits++) {
                        products.add(new Product(way, kind, operands, (bits & 4) == 0 ? DType.F32 : operands, (bits & 1) != 0,
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
        final HostBuffer values;
        final Buffer buffer;

        Operand(DType dtype, int rows, int columns, int batches, boolean shared, SplittableRandom random) {
            this.rows = rows;
            this.columns = columns;
            stride = columns + random.nextInt(4);
            distance = shared || batches == 1 ? 0 : (long) rows * stride + random.nextInt(5);
            values = hostScope.allocateHost("values", dtype, (batches - 1) * distance + (long) rows * stride);
            for (long i = 0; i < values.count(); i++) {
                set(values, i, (float) random.nextDouble(-2, 2));
            }
            buffer = scope.allocate("operand", dtype, values.count());
        }

        long index(int batch, int row, int column) {
            return batch * distance + (long) row * stride + column;
        }

        double at(int batch, int row, int column, boolean transposed) {
            return value(values, transposed ? index(batch, column, row) : index(batch, row, column));
        }

        MatrixBatch batch() {
            return new MatrixBatch(buffer, stride, distance);
        }

        MatrixPointers pointers(int batches) {
            HostBuffer addresses = hostScope.allocateHost("addresses", DType.I64, batches);
            for (int i = 0; i < batches; i++) {
                addresses.segment().setAtIndex(ValueLayout.JAVA_LONG, i,
                    CudaBuffer.address(buffer) + i * distance * buffer.dtype().bytes());
            }
            Buffer pointers = scope.allocate("pointers", DType.I64, batches);
            pointers.copyFrom(addresses);
            return new MatrixPointers(pointers, buffer.dtype(), stride);
        }
    }

    private static void set(HostBuffer buffer, long index, float value) {
        var segment = buffer.segment();
        switch (buffer.dtype()) {
            case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
            case F16 -> segment.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16(value));
            default -> segment.setAtIndex(ValueLayout.JAVA_SHORT, index, (short) (Float.floatToRawIntBits(value) >>> 16));
        }
    }

    private static float value(HostBuffer buffer, long index) {
        var segment = buffer.segment();
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
        double[] exact = IntStream.range(0, (int) c.values.count()).mapToDouble(i -> value(c.values, i)).toArray();
        boolean[] written = new boolean[exact.length];
        for (int batch = 0; batch < p.batches(); batch++) {
            for (int i = 0; i < m * n; i++) {
                int at = (int) c.index(batch, i / n, i % n);
                exact[at] = alpha * dot(p, k, a, b, batch, i / n, i % n) + beta * exact[at];
                written[at] = true;
                if (beta == 0) {
                    set(c.values, at, Float.NaN);
                }
            }
        }
        for (Operand operand : List.of(a, b, c)) {
            operand.buffer.copyFrom(operand.values);
        }
        multiply(p, m, n, k, alpha, a, b, beta, c);
        c.values.copyFrom(c.buffer);
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs(value(c.values, i) - exact[i]);
            assertTrue(error <= (written[i] ? tolerance(p.result, exact[i]) : 0),
                p + " (" + m + ", " + k + ")·(" + k + ", " + n + "), element " + i + ": " + value(c.values, i) + " for " + exact[i]);
        }
    }

    private static double dot(Product p, int k, Operand a, Operand b, int batch, int row, int column) {
        double sum = 0;
        for (int i = 0; i < k; i++) {
            sum += a.at(batch, row, i, p.transposeA) * b.at(batch, i, column, p.transposeB);
        }
        return sum;
    }

    private void multiply(Product p, int m, int n, int k, float alpha, Operand a, Operand b, float beta, Operand c) {
        CudaBlas blas = blases.get(p.way);
        switch (p.kind) {
            case SINGLE -> blas.gemm(p.transposeA, p.transposeB, m, n, k, alpha, a.buffer, a.stride, b.buffer, b.stride, beta,
                c.buffer, c.stride);
            case STRIDED, SHARED_B -> blas.gemmStrided(p.transposeA, p.transposeB, m, n, k, alpha, a.batch(), b.batch(), beta,
                c.batch(), p.batches());
            case POINTERS -> blas.gemmPointers(p.transposeA, p.transposeB, m, n, k, alpha, a.pointers(p.batches()),
                b.pointers(p.batches()), beta, c.pointers(p.batches()), p.batches());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffm", "jcuda"})
    void theComputeStreamGetsAFixedWorkspace(String way) {
        long before = driver.allocatedBytes(0);
        try (CudaBlas blas = open(way)) {
            assertEquals(before + CudaBlas.WORKSPACE_BYTES, driver.allocatedBytes(0));
            assertEquals("cublasSetWorkspace_v2", stub.text("stub_called"));
            assertEquals(0, stub.call("stub_argument", 1) % 256);
            assertEquals(CudaBlas.WORKSPACE_BYTES, stub.call("stub_argument", 2));
            assertEquals("cuBLAS 12.6.3 through " + (way.equals("ffm") ? "FFM" : "JCuda"), blas.description());
        }
        assertEquals(before, driver.allocatedBytes(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cublasSetMathMode", "cublasSetStream_v2", "cublasSetWorkspace_v2"})
    void whatCannotBeSetUpLeavesNothing(String call) {
        long before = driver.allocatedBytes(0);
        stub.fail(call, 7);
        assertEquals("CUBLAS_STATUS_INVALID_VALUE", assertThrows(CudaException.class, () -> open("ffm")).error().name());
        stub.assertCalled("cublasDestroy_v2", HANDLE);
        assertEquals(before, driver.allocatedBytes(0));
    }

    @Test
    void aDeviceWithoutRoomForTheWorkspaceLeavesNothing() {
        try (CudaDevice small = CudaDevice.open(new FakeDriver(1, 1 << 20), 0)) {
            assertThrows(CudaException.class, () -> new CudaBlas(small, CublasChoice.open(cublas, "ffm"), ComputeType.FLOAT32));
            stub.assertCalled("cublasDestroy_v2", HANDLE);
        }
    }

    @Test
    void theDeviceClosesIt() {
        CudaDevice owner = CudaDevice.open(driver, 1, gpu -> new CudaBlas(gpu, CublasChoice.open(cublas, "ffm"), ComputeType.FLOAT32));
        owner.blas();
        owner.close();
        stub.assertCalled("cublasDestroy_v2", HANDLE);
        assertEquals(0, driver.allocatedBytes(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffm", "jcuda"})
    void theHandleSeesItsStreamAndMode(String way) {
        try (var handle = CublasChoice.open(cublas, way).handle()) {
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
        assertEquals("the driver is ffm", CublasChoice.open(cublas, "ffm").reason());
        assertEquals("the library is CUDA 12's", CublasChoice.open(cublas, "jcuda").reason());
    }

    @Test
    void anyOtherVersionGoesThroughFfm(@TempDir Path elsewhere) {
        CStub newer = CStub.compile("cublas", elsewhere, "-DSTUB_VERSION=130100");
        CublasChoice choice = CublasChoice.open(Cublas.load(newer.file()), "jcuda");
        assertEquals("cuBLAS 13.1.0 through FFM", choice.description());
        assertEquals("JCuda's bindings need cuBLAS 12, and this is 13.1.0", choice.reason());
    }

    @Test
    void theInstalledLibraryIsTheOneThatThePropertyNames() {
        try (var _ = new TemporaryProperty("panacea.libcublas", stub.file()); CudaBlas blas = CudaBlas.on(device)) {
            assertEquals("cuBLAS 12.6.3 through FFM", blas.description());
        }
    }

    @Test
    void noLibraryIsAnInputThatCannotBe() {
        try (var _ = new TemporaryProperty("panacea.libcublas", "libabsent.so")) {
            String message = assertThrows(BadInputException.class, () -> CudaBlas.on(device)).getMessage();
            assertTrue(message.startsWith("cuBLAS cannot be loaded: tried libabsent.so; ") && message.endsWith("or use --device host"),
                message);
        }
    }

    @Test
    void aSimulatedDeviceHasNoCublas() {
        var fake = new FakeDriver(1, 1 << 20);
        var simulator = (CudaDriver) Proxy.newProxyInstance(CudaDriver.class.getClassLoader(), new Class<?>[] {CudaDriver.class},
            (proxy, method, arguments) -> method.getName().equals("name") ? "simulator" : method.invoke(fake, arguments));
        try (CudaDevice simulated = CudaDevice.open(simulator, 0, CudaBlas::on)) {
            assertTrue(assertThrows(BadInputException.class, simulated::blas).getMessage().contains("simulator is simulated"));
        }
    }

    @Test
    void tf32IsForFloat32Alone() {
        Buffer wide = scope.allocate("wide", DType.F32, 4);
        Buffer narrow = scope.allocate("narrow", DType.BF16, 4);
        try (var blas = new CudaBlas(device, CublasChoice.open(cublas, "ffm"), ComputeType.TF32)) {
            blas.gemm(false, false, 2, 2, 2, 1, wide, 2, wide, 2, 0, scope.allocate("c", DType.F32, 4), 2);
            assertEquals(77, stub.call("stub_argument", 17));
            blas.gemm(false, false, 2, 2, 2, 1, narrow, 2, narrow, 2, 0, wide, 2);
            assertEquals(68, stub.call("stub_argument", 17));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffm", "jcuda"})
    void failuresAreTold(String way) {
        Buffer x = scope.allocate("x", DType.F32, 8);
        MatrixBatch batch = new MatrixBatch(x, 2, 4);
        CudaBlas blas = blases.get(way);
        stub.fail("cublasGemmEx", 13);
        assertEquals(13, assertThrows(CudaException.class,
            () -> blas.gemm(false, false, 2, 2, 2, 1, x, 2, x, 2, 0, x, 2)).error().code());
        stub.fail("cublasGemmStridedBatchedEx", 14);
        assertEquals(14, assertThrows(CudaException.class,
            () -> blas.gemmStrided(false, false, 2, 2, 2, 1, batch, batch, 0, batch, 2)).error().code());
        stub.fail("cublasGemmBatchedEx", 3);
        var pointers = new MatrixPointers(scope.allocate("p", DType.I64, 1), DType.F32, 2);
        stub.call("stub_compute", 0);
        assertEquals(3, assertThrows(CudaException.class,
            () -> blas.gemmPointers(false, false, 2, 2, 2, 1, pointers, pointers, 0, pointers, 1)).error().code());
    }

    @Test
    void emptyProductsCallNothing() {
        Buffer x = scope.allocate("x", DType.F32, 4);
        var none = new MatrixPointers(scope.allocate("p", DType.I64, 0), DType.F32, 2);
        cublas.versionText();
        CudaBlas blas = blases.get("ffm");
        blas.gemm(false, false, 0, 2, 2, 1, x, 2, x, 2, 0, x, 2);
        blas.gemmStrided(false, false, 2, 2, 2, 1, new MatrixBatch(x, 2, 4), new MatrixBatch(x, 2, 4), 0, new MatrixBatch(x, 2, 4), 0);
        blas.gemmPointers(false, false, 2, 2, 2, 1, none, none, 0, none, 0);
        stub.assertCalled("cublasGetProperty", 2);
    }

    @Test
    void anEmptySumScalesC() {
        Buffer c = scope.allocate("c", DType.F32, 6).copyFrom(new float[] {1, 2, 3, 4, 5, 6});
        Buffer none = scope.allocate("none", DType.F32, 0);
        CudaBlas blas = blases.get("ffm");
        blas.gemm(false, false, 2, 2, 0, 1, none, 0, none, 2, 0.5f, c, 3);
        assertEquals("[0.5, 1.0, 3.0, 2.0, 2.5, 6.0]", Arrays.toString(c.toFloats()));
    }

    @Test
    void refusesWhatDoesNotFit() {
        Buffer x = scope.allocate("x", DType.F32, 12);
        Buffer y = scope.allocate("y", DType.BF16, 12);
        Buffer p = scope.allocate("p", DType.I64, 2);
        CudaBlas blas = blases.get("ffm");
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
        assertRefused("a buffer of a CUDA device is needed here",
            () -> blas.gemm(false, false, 1, 1, 1, 1, hostScope.allocate("h", DType.F32, 1), 1, x, 1, 0, x, 1));
        try (CudaDevice other = CudaDevice.open(driver, 1); MemoryScope there = other.openScope("there")) {
            assertRefused("a product on cuda:0 cannot use t: F32[1] on cuda:1",
                () -> blas.gemm(false, false, 1, 1, 1, 1, there.allocate("t", DType.F32, 1), 1, x, 1, 0, x, 1));
        }
        assertRefused("A needs 3 addresses of I64",
            () -> blas.gemmPointers(false, false, 1, 1, 1, 1, pointers, pointers, 0, pointers, 3));
    }

    @Test
    void refusesWorkWhenClosed() {
        Buffer x = scope.allocate("x", DType.F32, 4);
        CudaBlas blas = open("ffm");
        blas.close();
        blas.close();
        assertThrows(IllegalStateException.class, () -> blas.gemm(false, false, 2, 2, 2, 1, x, 2, x, 2, 0, x, 2));
    }

    private static void assertRefused(String part, Runnable product) {
        String message = assertThrows(IllegalArgumentException.class, product::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
