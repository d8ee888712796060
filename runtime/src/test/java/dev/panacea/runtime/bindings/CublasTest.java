package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.LibraryFinding;
import dev.panacea.runtime.cuda.ComputeType;
import dev.panacea.runtime.cuda.CudaException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CublasTest {
    private static final long HANDLE = 0x1122334455667788L;
    private static final float ALPHA = Float.intBitsToFloat(0x3f9abcde);
    private static final float BETA = Float.intBitsToFloat(0xbf123456);

    @TempDir
    static Path folder;

    private static CStub stub;
    private static Cublas cublas;

    // Once, but asked for by each test, so that each is skipped by name where there is no compiler.
    @BeforeEach
    void compile() {
        if (stub == null) {
            stub = CStub.compile("cublas", folder);
            cublas = Cublas.load(stub.file());
        }
        stub.fail("", 0);
    }

    // Every number is another one, and every half of a long is.
    private static ColumnMajorProduct product() {
        return new ColumnMajorProduct(true, false, 0x11111111, 0x22222222, 0x33333333, ALPHA,
            new DeviceMatrix(0x4444444455555555L, DType.BF16, 0x66666666, 0x7777777788888888L),
            new DeviceMatrix(0x99999999aaaaaaaaL, DType.F16, 0x5bbbbbbb, 0xccccccccddddddddL),
            BETA, new DeviceMatrix(0xeeeeeeeeffffffffL, DType.F32, 0x10203040, 0x5060708090a0b0c0L), ComputeType.TF32);
    }

    @Test
    void prototypesAreThoseOfTheHeader() {
        Assumptions.assumeTrue(stub.text("stub_prototypes").equals("header"),
            "cublas_v2.h is not installed here: the prototypes are written from the documentation");
    }

    @Test
    void handlesArriveWhole() {
        CublasHandle handle = cublas.createHandle();
        stub.assertCalled("cublasCreate_v2");
        assertEquals(120603, handle.version());
        stub.assertCalled("cublasGetVersion_v2", HANDLE);
        handle.setStream(0x0102030405060708L);
        stub.assertCalled("cublasSetStream_v2", HANDLE, 0x0102030405060708L);
        handle.setWorkspace(0x1112131415161718L, 0x2122232425262728L);
        stub.assertCalled("cublasSetWorkspace_v2", HANDLE, 0x1112131415161718L, 0x2122232425262728L);
        handle.setMath(CublasMath.FULL_PRECISION_REDUCTIONS);
        stub.assertCalled("cublasSetMathMode", HANDLE, 16);
        handle.setMath(CublasMath.DEFAULT);
        stub.assertCalled("cublasSetMathMode", HANDLE, 0);
        handle.close();
        stub.assertCalled("cublasDestroy_v2", HANDLE);
        cublas.versionText();
        handle.close();
        stub.assertCalled("cublasGetProperty", 2);
    }

    @Test
    void productsArriveWhole() {
        try (CublasHandle handle = cublas.createHandle()) {
            handle.gemm(product());
            stub.assertCalled("cublasGemmEx", HANDLE, 1, 0, 0x11111111, 0x22222222, 0x33333333, 0x3f9abcde,
                0x4444444455555555L, 14, 0x66666666, 0x99999999aaaaaaaaL, 2, 0x5bbbbbbb,
                0xbf123456L, 0xeeeeeeeeffffffffL, 0, 0x10203040, 77, -1);
            handle.gemmStridedBatched(product(), 0x0badcafe);
            stub.assertCalled("cublasGemmStridedBatchedEx", HANDLE, 1, 0, 0x11111111, 0x22222222, 0x33333333, 0x3f9abcde,
                0x4444444455555555L, 14, 0x66666666, 0x7777777788888888L, 0x99999999aaaaaaaaL, 2, 0x5bbbbbbb, 0xccccccccddddddddL,
                0xbf123456L, 0xeeeeeeeeffffffffL, 0, 0x10203040, 0x5060708090a0b0c0L, 0x0badcafe, 77, -1);
            handle.gemmBatched(product(), 0x0badcafe);
            stub.assertCalled("cublasGemmBatchedEx", HANDLE, 1, 0, 0x11111111, 0x22222222, 0x33333333, 0x3f9abcde,
                0x4444444455555555L, 14, 0x66666666, 0x99999999aaaaaaaaL, 2, 0x5bbbbbbb,
                0xbf123456L, 0xeeeeeeeeffffffffL, 0, 0x10203040, 0x0badcafe, 77, -1);
        }
    }

    @Test
    void stridesOfNothingAreOne() {
        DeviceMatrix none = new DeviceMatrix(0, DType.F32, 0);
        try (CublasHandle handle = cublas.createHandle()) {
            handle.gemm(new ColumnMajorProduct(false, true, 1, 2, 0, 1, none, none, 0, none, ComputeType.FLOAT32));
            stub.assertCalled("cublasGemmEx", HANDLE, 0, 1, 1, 2, 0, 0x3f800000, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 68, -1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"I32", "I64", "U8"})
    void integersAreRefused(DType dtype) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> new DeviceMatrix(0, dtype, 1));
        assertTrue(refusal.getMessage().contains(dtype.name()), refusal.getMessage());
    }

    static Stream<Map.Entry<String, Consumer<CublasHandle>>> calls() {
        return Map.<String, Consumer<CublasHandle>>of(
            "cublasGetProperty", handle -> cublas.versionText(),
            "cublasCreate_v2", handle -> cublas.createHandle(),
            "cublasDestroy_v2", CublasHandle::close,
            "cublasGetVersion_v2", CublasHandle::version,
            "cublasSetStream_v2", handle -> handle.setStream(1),
            "cublasSetWorkspace_v2", handle -> handle.setWorkspace(0, 4096),
            "cublasSetMathMode", handle -> handle.setMath(CublasMath.DEFAULT),
            "cublasGemmEx", handle -> handle.gemm(product()),
            "cublasGemmStridedBatchedEx", handle -> handle.gemmStridedBatched(product(), 2),
            "cublasGemmBatchedEx", handle -> handle.gemmBatched(product(), 2)).entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void everyStatusIsChecked(Map.Entry<String, Consumer<CublasHandle>> call) {
        CublasHandle handle = cublas.createHandle();
        stub.fail(call.getKey(), 8);
        var failure = assertThrows(CudaException.class, () -> call.getValue().accept(handle));
        assertEquals(call.getKey(), failure.call());
        assertEquals("CUBLAS_STATUS_ARCH_MISMATCH", failure.error().name());
        assertTrue(failure.getMessage().contains("sm_80"), failure.getMessage());
    }

    @Test
    void aFailedProductIsDescribed() {
        stub.fail("cublasGemmEx", 15);
        try (CublasHandle handle = cublas.createHandle()) {
            var failure = assertThrows(CudaException.class, () -> handle.gemm(product()));
            assertTrue(failure.getMessage().contains("(286331153, 858993459) stored transposed"), failure.getMessage());
            assertTrue(failure.getMessage().contains("BF16 · F16 into F32"), failure.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 NOT_INITIALIZED", "3 ALLOC_FAILED", "7 INVALID_VALUE", "8 ARCH_MISMATCH", "11 MAPPING_ERROR",
        "13 EXECUTION_FAILED", "14 INTERNAL_ERROR", "15 NOT_SUPPORTED", "16 LICENSE_ERROR", "99 UNKNOWN"})
    void statusesHaveNames(String pair) {
        int code = Integer.parseInt(pair.substring(0, pair.indexOf(' ')));
        assertEquals("CUBLAS_STATUS_" + pair.substring(pair.indexOf(' ') + 1), CublasStatus.error(code).name());
        assertEquals(code, CublasStatus.error(code).code());
    }

    @Test
    void isFoundWhereItLies() {
        assertEquals(new LibraryFinding.Found("cuBLAS", stub.file().toString(), "12.6.3"), cublas.found());
    }

    @Test
    void anOlderLibraryIsNamedAsSuch() {
        CStub other = CStub.compile("nvrtc", folder);
        var refusal = assertThrows(MissingLibraryException.class, () -> Cublas.load(other.file()));
        assertTrue(refusal.getMessage().contains("lacks cublasGetProperty, cublasCreate_v2"), refusal.getMessage());
    }

    @Test
    void theInstalledLibraryTellsItsVersion() {
        LibraryFinding finding = Cublas.finding();
        Assumptions.assumeTrue(finding instanceof LibraryFinding.Found, () -> "no cuBLAS is installed here: " + finding);
        var found = assertInstanceOf(LibraryFinding.Found.class, finding);
        assertTrue(found.version().matches("1[1-9]\\.\\d+\\.\\d+"), found.version());
    }
}
