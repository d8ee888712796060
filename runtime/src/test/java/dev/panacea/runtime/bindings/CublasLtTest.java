package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.LibraryFinding;
import dev.panacea.runtime.cuda.ComputeType;
import dev.panacea.runtime.cuda.CudaException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CublasLtTest {
    private static final long FIRST = 0x5151515100000001L;

    @TempDir
    Path folder;

    private CStub stub;
    private CublasLt library;

    // Anew for every test, since the stand-in counts its handles.
    @BeforeEach
    void compile() {
        stub = CStub.compile("cublaslt", folder);
        library = CublasLt.load(stub.file());
    }

    private static ColumnMajorProduct shape() {
        return new ColumnMajorProduct(true, false, 0x11111111, 0x22222222, 0x33333333, 1,
            new DeviceMatrix(1, DType.BF16, 0x44444444, 0x5555555566666666L),
            new DeviceMatrix(2, DType.F16, 0x77777777, 0x1888888899999999L), 0,
            new DeviceMatrix(3, DType.F32, 0x1aaaaaaa, 0x0bbbbbbbccccccccL), ComputeType.TF32);
    }

    private void assertAttribute(int index, long object, long which, long value, long bytes) {
        assertArrayEquals(new long[] {object, which, value, bytes},
            IntStream.range(0, 4).mapToLong(part -> stub.call("stub_attribute", index, part)).toArray());
    }

    @Test
    void prototypesAreThoseOfTheHeader() {
        Assumptions.assumeTrue(stub.text("stub_prototypes").equals("header"),
            "cublasLt.h is not installed here: the prototypes are written from the documentation");
    }

    @Test
    void aPlanDescribesItsProduct() {
        try (CublasLtHandle handle = library.createHandle(); CublasLtMatmul plan = handle.plan(shape(), 0x0badcafe, 0x0123456789abcdefL)) {
            assertEquals(9, (int) stub.call("stub_attributes"));
            long descriptor = FIRST + 1;
            assertAttribute(0, descriptor, 3, 1, 4);
            assertAttribute(1, descriptor, 4, 0, 4);
            assertAttribute(2, FIRST + 2, 5, 0x0badcafe, 4);
            assertAttribute(3, FIRST + 2, 6, 0x5555555566666666L, 8);
            assertAttribute(4, FIRST + 3, 5, 0x0badcafe, 4);
            assertAttribute(5, FIRST + 3, 6, 0x1888888899999999L, 8);
            assertAttribute(6, FIRST + 4, 5, 0x0badcafe, 4);
            assertAttribute(7, FIRST + 4, 6, 0x0bbbbbbbccccccccL, 8);
            assertAttribute(8, FIRST + 5, 1, 0x0123456789abcdefL, 8);
            long[] asked = IntStream.range(0, 8).mapToLong(i -> stub.call("stub_heuristic_argument", i)).toArray();
            assertArrayEquals(
                new long[] {FIRST, descriptor, FIRST + 2, FIRST + 3, FIRST + 4, FIRST + 4, FIRST + 5, 1}, asked);
            assertEquals(0x1234560, plan.workspaceBytes());
        }
        assertEquals(0, (int) stub.call("stub_alive"));
    }

    @Test
    void layoutsAndDescriptorsArriveWhole() {
        library.createLayout(14, 0x1111111122222222L, 0x3333333344444444L, 0x5555555566666666L);
        stub.assertCalled("cublasLtMatrixLayoutCreate", 14, 0x1111111122222222L, 0x3333333344444444L, 0x5555555566666666L);
        library.createDescriptor(77, 0);
        stub.assertCalled("cublasLtMatmulDescCreate", 77, 0);
    }

    @Test
    void transposedMatricesAreStoredTheOtherWay() {
        planAndRun();
        long[][] layouts = {{14, 0x33333333, 0x11111111, 0x44444444}, {2, 0x33333333, 0x22222222, 0x77777777},
            {0, 0x11111111, 0x22222222, 0x1aaaaaaa}};
        for (int i = 0; i < layouts.length; i++) {
            int layout = i;
            assertArrayEquals(layouts[i], IntStream.range(0, 4).mapToLong(part -> stub.call("stub_layout", layout, part)).toArray());
        }
    }

    @Test
    void aRunArrivesWhole() {
        try (CublasLtHandle handle = library.createHandle(); CublasLtMatmul plan = handle.plan(shape(), 1, 0)) {
            plan.run(Float.intBitsToFloat(0x3f9abcde), 0x1111111122222222L, 0x3333333344444444L, Float.intBitsToFloat(0x3f123456),
                0x5555555566666666L, 0x7777777788888888L, 0x99999999aaaaaaaaL);
            stub.assertCalled("cublasLtMatmul", FIRST, FIRST + 1, 0x3f9abcde, 0x1111111122222222L, FIRST + 2, 0x3333333344444444L,
                FIRST + 3, 0x3f123456, 0x5555555566666666L, FIRST + 4, 0x5555555566666666L, FIRST + 4, 1,
                0x7777777788888888L, 0x1234560, 0x99999999aaaaaaaaL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cublasLtCreate", "cublasLtMatmulDescCreate", "cublasLtMatmulDescSetAttribute", "cublasLtMatrixLayoutCreate",
        "cublasLtMatrixLayoutSetAttribute", "cublasLtMatmulPreferenceCreate", "cublasLtMatmulPreferenceSetAttribute",
        "cublasLtMatmulAlgoGetHeuristic", "cublasLtMatmul"})
    void everyStatusIsCheckedAndNothingIsLeft(String call) {
        stub.fail(call, 14);
        var failure = assertThrows(CudaException.class, this::planAndRun);
        assertEquals(call, failure.call());
        assertEquals("CUBLAS_STATUS_INTERNAL_ERROR", failure.error().name());
        assertEquals(0, (int) stub.call("stub_alive"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cublasLtDestroy", "cublasLtMatmulDescDestroy", "cublasLtMatrixLayoutDestroy",
        "cublasLtMatmulPreferenceDestroy"})
    void soAreThoseOfTheEnd(String call) {
        stub.fail(call, 14);
        assertEquals(call, assertThrows(CudaException.class, this::planAndRun).call());
    }

    private void planAndRun() {
        try (CublasLtHandle handle = library.createHandle(); CublasLtMatmul plan = handle.plan(shape(), 1, 0)) {
            plan.run(1, 1, 2, 0, 3, 0, 0);
        }
    }

    @Test
    void noAlgorithmIsAnError() {
        for (int[] answer : new int[][] {{0, 0}, {1, 15}}) {
            stub.call("stub_heuristic", answer);
            var failure = assertThrows(CudaException.class, this::planAndRun);
            assertEquals("CUBLAS_STATUS_NOT_SUPPORTED", failure.error().name());
            assertTrue(failure.getMessage().contains("no algorithm within 0 bytes of workspace"), failure.getMessage());
            assertEquals(0, (int) stub.call("stub_alive"));
        }
    }

    @Test
    void isFoundWhereItLies() {
        assertEquals(new LibraryFinding.Found("cuBLASLt", stub.file().toString(), "12.6.3"), library.found());
    }

    @Test
    void theInstalledLibraryTellsItsVersion() {
        LibraryFinding finding = CublasLt.finding();
        Assumptions.assumeTrue(finding instanceof LibraryFinding.Found, () -> "no cuBLASLt is installed here: " + finding);
        var found = assertInstanceOf(LibraryFinding.Found.class, finding);
        assertTrue(found.version().matches("1[1-9]\\.\\d+\\.\\d+"), found.version());
    }
}
