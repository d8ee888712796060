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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real compiler, where one is installed. */
class InstalledNvrtcTest {
    private Nvrtc nvrtc;

    @BeforeEach
    void load() {
        LibraryFinding finding = Nvrtc.finding();
        Assumptions.assumeTrue(finding instanceof LibraryFinding.Found, () -> "no NVRTC is installed here: " + finding);
        nvrtc = Nvrtc.load();
    }

    private static CudaSource kernel(String body, Form form, String architecture) {
        String text = """
            template <typename T, int N> __global__ void scale(T *values, T factor, int count) {
                int i = (blockIdx.x * blockDim.x + threadIdx.x) * N;
                %s
            }
            """.formatted(body);
        return new CudaSource("scale.cu", text, List.of("--gpu-architecture=" + architecture, "--std=c++17"),
            List.of("scale<float, 4>", "scale<double, 2>"), form);
    }

    private static final String BODY = "for (int j = i; j < i + N && j < count; j++) values[j] *= factor;";

    @Test
    void writesPtxOfTheKernelsAskedFor() {
        CompiledCode code = nvrtc.compile(kernel(BODY, Form.PTX, "compute_80"));
        String ptx = new String(code.image(), StandardCharsets.UTF_8);
        assertTrue(ptx.contains(".target sm_80"), ptx);
        assertEquals(2, code.loweredNames().size());
        for (String name : code.loweredNames().values()) {
            assertTrue(ptx.contains(".entry " + name + "("), () -> name + " is not in\n" + ptx);
        }
    }

    @Test
    void writesCubins() {
        CompiledCode code = nvrtc.compile(kernel(BODY, Form.CUBIN, "sm_80"));
        assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, Arrays.copyOf(code.image(), 4));
        assertThrows(IllegalArgumentException.class, () -> nvrtc.compile(kernel(BODY, Form.CUBIN, "compute_80")));
    }

    @Test
    void saysWhereTheMistakeIs() {
        var failure = assertThrows(CudaException.class, () -> nvrtc.compile(kernel("values[i] = nothing;", Form.PTX, "compute_80")));
        assertEquals("NVRTC_ERROR_COMPILATION", failure.error().name());
        assertTrue(failure.getMessage().contains("scale.cu(3)") && failure.getMessage().contains("nothing"), failure.getMessage());
    }

    @Test
    void refusesOptionsAndNamesItDoesNotKnow() {
        var option = assertThrows(CudaException.class, () -> nvrtc.compile(kernel(BODY, Form.PTX, "compute_1")));
        assertEquals("NVRTC_ERROR_INVALID_OPTION", option.error().name());
        assertThrows(CudaException.class, () -> nvrtc.compile(new CudaSource("empty.cu", "", List.of(), List.of("absent"), Form.PTX)));
    }
}
