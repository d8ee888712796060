package dev.panacea.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import org.junit.jupiter.api.Test;

class MissingFamilyTest {
    private interface Family {
        void forward(int rows);
    }

    @Test
    void everyCallRefusesAndEveryObjectMethodAnswers() {
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0)) {
            Family family = MissingFamily.of(Family.class, device);
            var thrown = assertThrows(BadInputException.class, () -> family.forward(1));
            assertEquals("simulator has no Family kernels in this version; use --device host", thrown.getMessage());
            assertEquals("no Family kernels on simulator", family.toString());
            assertEquals(family, family);
            assertNotEquals(family, MissingFamily.of(Family.class, device));
            assertEquals(family.hashCode(), family.hashCode());
        }
    }

    @Test
    void kernelsOpenOnACudaDeviceThatLacksSome() {
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0)) {
            Kernels kernels = Kernels.on(device);
            assertEquals(device, kernels.device());
            assertEquals(kernels, kernels);
            assertNotEquals(Linear.on(device), kernels.linear());
        }
    }
}
