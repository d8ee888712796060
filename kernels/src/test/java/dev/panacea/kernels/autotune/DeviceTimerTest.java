package dev.panacea.kernels.autotune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("cuda")
class DeviceTimerTest {
    @ParameterizedTest
    @EnumSource
    void whatIsTimedRunsAndACaptureIsNoTimeForIt(ConformanceDevice where) {
        where.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                Buffer buffer = scope.allocate("words", DType.I32, 2);
                DeviceTimer timer = new DeviceTimer(device);
                assertTrue(timer.milliseconds(() -> buffer.fill((byte) 1)) >= 0);
                assertArrayEquals(new int[] {0x01010101, 0x01010101}, buffer.toInts());
                String message = assertThrows(IllegalStateException.class,
                    () -> device.computeStream().capture(() -> timer.milliseconds(() -> buffer.fill((byte) 2)))).getMessage();
                assertTrue(message.endsWith("run the same shapes once before, or fix the way"), message);
            }
        });
    }
}
