package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.LibraryFinding;
import dev.panacea.runtime.cuda.CompiledCode;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaSource;
import dev.panacea.runtime.cuda.CudaSource.Form;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NvrtcTest {
    @TempDir
    static Path folder;

    private static CStub stub;
    private static Nvrtc nvrtc;

    // Once, but asked for by each test, so that each is skipped by name where there is no compiler.
    @BeforeEach
    void compile() {
        if (stub == null) {
            stub = CStub.compile("nvrtc", folder);
            nvrtc = Nvrtc.load(stub.file());
        }
        stub.fail("", 0);
    }

    private static CudaSource source(Form form, String... options) {
        return new CudaSource("scale.cu", "the source, ünicode too", List.of(options), List.of("scale<float>", "shift<3>"), form);
    }

    @Test
    void prototypesAreThoseOfTheHeader() {
        Assumptions.assumeTrue(stub.text("stub_prototypes").equals("header"),
            "nvrtc.h is not installed here: the prototypes are written from the documentation");
    }

    @Test
    void everythingArrivesAndComesBack() {
        CompiledCode code = nvrtc.compile(source(Form.PTX, "--one", "--two=2"));
        assertEquals("[scale.cu][the source, ünicode too]+scale<float>+shift<3>|--one|--two=2",
            new String(code.image(), StandardCharsets.UTF_8));
        assertEquals(Map.of("scale<float>", "_Z_scale<float>", "shift<3>", "_Z_shift<3>"), code.loweredNames());
        assertEquals("kernel.cu(3): what the compiler says", code.log());
        assertEquals(0, (int) stub.call("stub_alive"));
    }

    @Test
    void cubinsKeepTheirZeros() {
        assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F', 0, 1, 0, 0},
            nvrtc.compile(source(Form.CUBIN, "--gpu-architecture=sm_80")).image());
    }

    @Test
    void aCubinForNoRealArchitectureIsRefused() {
        var refusal = assertThrows(IllegalArgumentException.class,
            () -> nvrtc.compile(source(Form.CUBIN, "--gpu-architecture=compute_80")));
        assertTrue(refusal.getMessage().contains("gave no CUBIN with options [--gpu-architecture=compute_80]"), refusal.getMessage());
        assertEquals(0, (int) stub.call("stub_alive"));
    }

    @ParameterizedTest
    @CsvSource({"nvrtcCreateProgram, 2, PROGRAM_CREATION_FAILURE", "nvrtcAddNameExpression, 8, NO_NAME_EXPRESSIONS_AFTER_COMPILATION",
        "nvrtcCompileProgram, 6, COMPILATION", "nvrtcGetProgramLogSize, 4, INVALID_PROGRAM", "nvrtcGetProgramLog, 4, INVALID_PROGRAM",
        "nvrtcGetPTXSize, 4, INVALID_PROGRAM", "nvrtcGetPTX, 4, INVALID_PROGRAM", "nvrtcGetLoweredName, 10, NAME_EXPRESSION_NOT_VALID",
        "nvrtcVersion, 3, INVALID_INPUT"})
    void everyStatusIsCheckedAndNothingIsLeft(String call, int code, String name) {
        stub.fail(call, code);
        var failure = assertThrows(CudaException.class, () -> {
            nvrtc.compile(source(Form.PTX));
            nvrtc.version();
        });
        assertEquals(call, failure.call());
        assertEquals("NVRTC_ERROR_" + name, failure.error().name());
        assertEquals(0, (int) stub.call("stub_alive"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nvrtcGetCUBINSize", "nvrtcGetCUBIN"})
    void thoseOfCubinsToo(String call) {
        stub.fail(call, 4);
        var failure = assertThrows(CudaException.class, () -> nvrtc.compile(source(Form.CUBIN, "--gpu-architecture=sm_80")));
        assertEquals(call, failure.call());
    }

    @Test
    void theLogIsInTheMessage() {
        stub.fail("nvrtcCompileProgram", 6);
        var failure = assertThrows(CudaException.class, () -> nvrtc.compile(source(Form.PTX, "--fast")));
        assertTrue(failure.getMessage().contains("scale.cu with options [--fast] in NVRTC 12.6\nkernel.cu(3): what the compiler says"),
            failure.getMessage());
    }

    @Test
    void statusesHaveNames() {
        List<String> names = List.of("OUT_OF_MEMORY", "PROGRAM_CREATION_FAILURE", "INVALID_INPUT", "INVALID_PROGRAM", "INVALID_OPTION",
            "COMPILATION", "BUILTIN_OPERATION_FAILURE", "NO_NAME_EXPRESSIONS_AFTER_COMPILATION", "NO_LOWERED_NAMES_BEFORE_COMPILATION",
            "NAME_EXPRESSION_NOT_VALID", "INTERNAL_ERROR", "TIME_FILE_WRITE_FAILED", "NO_PCH_CREATE_ATTEMPTED",
            "PCH_CREATE_HEAP_EXHAUSTED", "PCH_CREATE", "CANCELLED", "TIME_TRACE_FILE_WRITE_FAILED", "UNKNOWN");
        for (int i = 0; i < names.size(); i++) {
            assertEquals("NVRTC_ERROR_" + names.get(i), NvrtcStatus.error(i + 1).name());
        }
        assertTrue(NvrtcStatus.error(7).advice().contains("libnvrtc-builtins"));
    }

    @Test
    void isFoundWhereItLies() {
        assertEquals(new LibraryFinding.Found("NVRTC", stub.file().toString(), "12.6"), nvrtc.found());
    }
}
