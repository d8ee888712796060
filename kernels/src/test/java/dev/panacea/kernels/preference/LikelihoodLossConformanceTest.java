package dev.panacea.kernels.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses of demonstrations on every CUDA device there is: numbers are only moved and negated, so every bit is the host's. */
@Tag("cuda")
class LikelihoodLossConformanceTest {
    private static final float NAN = Float.NaN;

    static Stream<Arguments> problems() {
        int[][] shapes = {{0, 3}, {1, 1}, {7, 3}, {300, 7}};
        return Stream.of(ConformanceDevice.values()).flatMap(device -> Stream.of(shapes)
            .map(shape -> Arguments.of(device, shape[0], shape[1])));
    }

    @ParameterizedTest(name = "{0} {1} sequences in {2} dimensions")
    @MethodSource("problems")
    void everyBitIsThatOfTheHost(ConformanceDevice kind, int sequences, int dimensions) {
        kind.run((device, host) -> {
            Random random = new Random(sequences);
            float[] logProb = Oracle.normal(random, sequences);
            float[] dLoss = Oracle.normal(random, sequences * dimensions);
            int[] own = random.ints(sequences, 0, dimensions).toArray();
            assertArrayEquals(forward(host, host, logProb, own, dimensions), forward(device, host, logProb, own, dimensions));
            assertArrayEquals(backward(host, host, own, dLoss, dimensions), backward(device, host, own, dLoss, dimensions));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDimensionThatIsNotThereGivesNanAndTheHostRefusesIt(ConformanceDevice kind) {
        kind.run((device, host) -> {
            int[] own = {1, 2, -1, Integer.MIN_VALUE, 0};
            float[] logProb = {-1, -2, -3, -4, -5};
            float[] dLoss = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
            assertArrayEquals(new float[] {0, 1, NAN, NAN, NAN, NAN, NAN, NAN, 5, 0}, forward(device, host, logProb, own, 2));
            assertArrayEquals(new float[] {-2, NAN, NAN, NAN, -9}, backward(device, host, own, dLoss, 2));
            assertThrows(IllegalArgumentException.class, () -> forward(host, host, logProb, own, 2));
            assertThrows(IllegalArgumentException.class, () -> backward(host, host, own, dLoss, 2));
        });
    }

    private static float[] forward(Device device, HostDevice host, float[] logProb, int[] own, int dimensions) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer loss = arrays.poisoned(DType.F32, (long) own.length * dimensions);
            LikelihoodLoss.on(device).forward(own.length, dimensions, arrays.of(DType.F32, logProb), arrays.of(own), loss);
            return loss.toFloats();
        }
    }

    private static float[] backward(Device device, HostDevice host, int[] own, float[] dLoss, int dimensions) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer gradient = arrays.poisoned(DType.F32, own.length);
            LikelihoodLoss.on(device).backward(own.length, dimensions, arrays.of(own), arrays.of(DType.F32, dLoss), gradient);
            return gradient.toFloats();
        }
    }
}
