package dev.panacea.transformer.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files read to a device and written from it, in several pieces of either, beside the same through the host. */
class DeviceWeightsTest {
    // beyond one piece of an upload, not a multiple of anything
    private static final int COUNT = (1 << 20) + 77;

    private final HostDevice host = new HostDevice(1);
    private final CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0);
    private final MemoryScope here = host.openScope("here");
    private final MemoryScope there = device.openScope("there");

    @TempDir
    private Path folder;

    @AfterEach
    void closeWithoutLeaks() {
        there.close();
        here.close();
        device.close();
        host.close();
    }

    private Path file(DType stored) {
        float[] values = new float[COUNT];
        Random random = new Random(5);
        for (int i = 0; i < COUNT; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Buffer floats = here.allocate("values", DType.F32, COUNT).copyFrom(values);
        HostBuffer narrow = here.allocateHost("stored", stored, COUNT);
        Elementwise.on(host).cast(COUNT, floats, narrow);
        Path file = folder.resolve(stored + ".safetensors");
        SafetensorsWriter.write(file, List.of(new NamedTensor("odd", List.of(3L), here.allocateHost("odd", DType.F32, 3)
            .copyFrom(new float[] {1, 2, 3})), new NamedTensor("weights", List.of((long) COUNT), narrow)), Map.of());
        return file;
    }

    @Test
    void aTensorArrivesAsItDoesOnTheHost() {
        for (DType stored : List.of(DType.F32, DType.BF16, DType.F16)) {
            try (SafetensorsFile file = SafetensorsFile.open(file(stored))) {
                for (DType wanted : List.of(DType.F32, DType.BF16)) {
                    HostBuffer expected = here.allocateHost("expected", wanted, COUNT);
                    file.read("weights", expected, true);
                    Buffer uploaded = there.allocate("weights", wanted, COUNT);
                    file.read("weights", uploaded, true);
                    HostBuffer found = here.allocateHost("found", wanted, COUNT);
                    found.copyFrom(uploaded);
                    assertEquals(-1, expected.segment().mismatch(found.segment()), stored + " as " + wanted);
                }
            }
        }
    }

    @Test
    void aTensorIsWrittenFromTheDevice() {
        try (SafetensorsFile file = SafetensorsFile.open(file(DType.F32))) {
            Buffer uploaded = there.allocate("weights", DType.F32, COUNT);
            file.read("weights", uploaded, true);
            HostBuffer expected = here.allocateHost("expected", DType.F32, COUNT);
            file.read("weights", expected, true);
            Path written = folder.resolve("written.safetensors");
            SafetensorsWriter.write(written, List.of(new NamedTensor("again", List.of((long) COUNT), uploaded)), Map.of());
            try (SafetensorsFile again = SafetensorsFile.open(written)) {
                HostBuffer found = here.allocateHost("found", DType.F32, COUNT);
                again.read("again", found, true);
                assertEquals(-1, expected.segment().mismatch(found.segment()));
            }
        }
    }
}
