package dev.panacea.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Precision;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import org.junit.jupiter.api.Test;

class PrecisionChoiceTest {
    @Test
    void theHostHasBoth() {
        try (HostDevice host = new HostDevice(1)) {
            Kernels kernels = Kernels.on(host);
            assertEquals(Precision.FLOAT32, PrecisionChoice.AUTO.on(kernels));
            assertEquals(Precision.FLOAT32, PrecisionChoice.FLOAT32.on(kernels));
            assertEquals(Precision.BFLOAT16, PrecisionChoice.BFLOAT16.on(kernels));
        }
    }

    @Test
    void aCudaDeviceHasOneAndRefusesTheOther() {
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0)) {
            Kernels kernels = Kernels.on(device);
            assertEquals(Precision.BFLOAT16, PrecisionChoice.AUTO.on(kernels));
            assertEquals(Precision.BFLOAT16, PrecisionChoice.BFLOAT16.on(kernels));
            assertEquals("model.precision is float32, but simulator computes in bfloat16; leave model.precision at auto, "
                + "or use --device host",
                assertThrows(BadInputException.class, () -> PrecisionChoice.FLOAT32.on(kernels)).getMessage());
        }
    }
}
