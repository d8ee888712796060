package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.bindings.CStub;
import dev.panacea.runtime.bindings.Cublas;
import dev.panacea.runtime.bindings.CublasMath;
import dev.panacea.runtime.bindings.TemporaryProperty;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link CudaBlas} is around its products: how it opens, fails, refuses and closes. */
@Isolated("sets system properties")
class CudaBlasTest extends CublasOnFakeDevice {

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
        try (CudaDevice simulated = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0, CudaBlas::on)) {
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
