package dev.panacea.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.svdlora.AdapterWay;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdapterWayChoiceTest {
    @Test
    void thereIsOneForEachWay() {
        List<String> ways = Arrays.stream(AdapterWay.values()).map(Enum::name).toList();
        assertEquals(ways, Arrays.stream(AdapterWayChoice.values()).skip(1).map(Enum::name).toList());
    }

    @Test
    void theHostHasItsOwn() {
        try (HostDevice host = new HostDevice(1)) {
            Kernels kernels = Kernels.on(host);
            for (AdapterWayChoice choice : AdapterWayChoice.values()) {
                assertSame(kernels, choice.on(kernels));
            }
        }
    }

    @Test
    void aCudaDeviceTakesItAndNeedsTheLibraryForSome() {
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0)) {
            Kernels kernels = Kernels.on(device);
            assertSame(kernels, AdapterWayChoice.AUTO.on(kernels));
            assertNotSame(kernels.svdLoraLinear(), AdapterWayChoice.FUSED.on(kernels).svdLoraLinear());
            assertEquals("no cuBLAS is bound to simulator, so it computes no matrix products; use --device host",
                assertThrows(BadInputException.class, () -> AdapterWayChoice.CUBLAS_UNFUSED.on(kernels)).getMessage());
        }
    }
}
