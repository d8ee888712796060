package dev.panacea.runtime.cuda;

import static dev.panacea.runtime.cuda.DriverTester.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CudaErrorTest {

    @Test
    void everyConstantIsFoundByItsCodeAndNamedLikeIt() throws IllegalAccessException {
        var constants = Arrays.stream(CudaError.class.getFields()).filter(field -> Modifier.isStatic(field.getModifiers())).toList();
        assertTrue(constants.size() > 40);
        for (var constant : constants) {
            CudaError error = (CudaError) constant.get(null);
            assertSame(error, CudaError.of(error.code()).orElseThrow());
            assertEquals("CUDA_ERROR_" + constant.getName(), error.name());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {700, 710, 714, 715, 716, 717, 718, 719})
    void faultsOfKernelsAreSticky(int code) {
        CudaError error = CudaError.of(code).orElseThrow();
        assertTrue(error.sticky());
        says(new CudaException("cuCtxSynchronize", error, ""), "cuCtxSynchronize failed with " + error.name() + " (" + code + ")",
            "start the process anew");
    }

    @Test
    void othersAreUnknown() {
        assertTrue(CudaError.of(0).isEmpty());
        assertTrue(CudaError.of(805).isEmpty());
        assertFalse(new CudaException("cuInit", new CudaError(805, "CUDA_ERROR_MPS_CONNECTION_FAILED", false, ""), "")
            .getMessage().contains(";"));
    }
}
