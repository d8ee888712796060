package dev.panacea.transformer.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
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
    // of a model's upload
    private static final int PIECE = 1 << 21;

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
        return file(stored, COUNT, List.of());
    }

    /** @param broken elements that are not finite */
    private Path file(DType stored, int count, List<Integer> broken) {
        float[] values = new float[count];
        Random random = new Random(5);
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        broken.forEach(i -> values[i] = Float.NaN);
        Buffer floats = here.allocate("values", DType.F32, count).copyFrom(values);
        HostBuffer narrow = here.allocateHost("stored", stored, count);
        Elementwise.on(host).cast(count, floats, narrow);
        Path file = folder.resolve(stored + ".safetensors");
        SafetensorsWriter.write(file, List.of(new NamedTensor("odd", List.of(3L), here.allocateHost("odd", DType.F32, 3)
            .copyFrom(new float[] {1, 2, 3})), new NamedTensor("weights", List.of((long) count), narrow)), Map.of());
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
    void aModelArrivesInPiecesOfManyThreadsAsItDoesOnTheHost() {
        for (DType stored : List.of(DType.F32, DType.BF16, DType.F16)) {
            try (SafetensorsFile file = SafetensorsFile.open(file(stored, 3 * PIECE + 77, List.of()))) {
                HostBuffer expected = here.allocateHost("expected", DType.BF16, 3 * PIECE + 77);
                file.read("weights", expected, true);
                Buffer weights = there.allocate("weights", DType.BF16, 3 * PIECE + 77);
                Buffer odd = there.allocate("odd", DType.F32, 3);
                upload(file, odd, weights);
                HostBuffer found = here.allocateHost("found", DType.BF16, 3 * PIECE + 77);
                found.copyFrom(weights);
                assertEquals(-1, expected.segment().mismatch(found.segment()), stored.toString());
                assertArrayEquals(new float[] {1, 2, 3}, odd.toFloats());
            }
        }
    }

    @Test
    void ofSeveralBrokenElementsTheFirstIsNamed() {
        for (DType stored : List.of(DType.F32, DType.BF16)) {
            try (SafetensorsFile file = SafetensorsFile.open(file(stored, 3 * PIECE + 77, List.of(PIECE + 5, 3 * PIECE + 1)))) {
                Buffer weights = there.allocate("weights", DType.BF16, 3 * PIECE + 77);
                Buffer odd = there.allocate("odd", DType.F32, 3);
                BadInputException broken = assertThrows(BadInputException.class, () -> upload(file, odd, weights));
                assertTrue(broken.getMessage().contains("'weights' is not finite at element " + (PIECE + 5) + ";"), broken::getMessage);
                assertThrows(IllegalArgumentException.class, () -> file.floats("weights", 4));
            }
        }
    }

    private void upload(SafetensorsFile file, Buffer odd, Buffer weights) {
        ModelUpload.run(device, List.of(new ModelUpload.Item(file.floats("odd", odd.count()), CudaBuffer.of(odd)),
            new ModelUpload.Item(file.floats("weights", weights.count()), CudaBuffer.of(weights))), true);
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
