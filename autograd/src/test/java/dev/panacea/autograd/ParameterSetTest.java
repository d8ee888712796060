package dev.panacea.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterSetTest {
    private static final int CACHE_LINE = 64;

    @Test
    void slotsAreAlignedNamedZeroAndInOrder() {
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            ParameterSet.Builder builder = new ParameterSet.Builder().add("zeta", 3, 5).add("alpha", 1).add("mid", 16);
            assertEquals(48, builder.size());
            ParameterSet set = builder.build(Kernels.on(device), scope);
            assertEquals(List.of("zeta", "alpha", "mid"), List.copyOf(set.tensors().keySet()));
            assertEquals(32, set.parameterCount());
            assertEquals(48, set.values().count());
            assertArrayEquals(new int[] {3, 5}, set.get("zeta").shape());
            long base = HostBuffer.segment(set.values()).address();
            set.tensors().values().forEach(tensor -> {
                assertTrue(tensor.differentiable());
                assertEquals(0, HostBuffer.segment(tensor.buffer()).address() % CACHE_LINE);
                assertEquals(HostBuffer.segment(tensor.buffer()).address() - base,
                    HostBuffer.segment(tensor.gradient()).address() - HostBuffer.segment(set.gradients()).address());
            });
            assertArrayEquals(new float[48], HostBuffer.of(set.values()).toFloats());
        }
    }

    @Test
    void gradientsAreClearedTogether() {
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            ParameterSet set = new ParameterSet.Builder().add("a", 2).add("b", 2).build(Kernels.on(device), scope);
            HostBuffer.of(set.get("b").gradient()).copyFrom(new float[] {1, 2});
            assertEquals(1, HostBuffer.of(set.gradients()).getFloat(16));
            set.clearGradients();
            assertArrayEquals(new float[32], HostBuffer.of(set.gradients()).toFloats());
        }
    }

    @Test
    void aNameTwiceAndANameThatIsNotThereAreRefused() {
        ParameterSet.Builder builder = new ParameterSet.Builder().add("a", 2);
        assertThrows(IllegalArgumentException.class, () -> builder.add("a", 3));
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            ParameterSet set = new ParameterSet.Builder().add("a", 2).build(Kernels.on(device), scope);
            assertThrows(IllegalArgumentException.class, () -> set.get("b"));
        }
    }
}
