package dev.panacea.kernels.logprob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.logprob.ChunkPlan.Limits;
import dev.panacea.kernels.logprob.ChunkPlan.Wanted;
import dev.panacea.kernels.logprob.LinearLogProb.Shape;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkPlanTest {
    private static ChunkPlan plan(int rows, int columns, int vocabulary, Wanted wanted) {
        return ChunkPlan.of(new Shape(rows, columns, vocabulary), wanted, Limits.USUAL, true);
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096, 128256", "16384, 8192, 152064", "65536, 4096, 32000", "4096, 2048, 1000000", "1000000, 4096, 300", "1, 64, 10"})
    void scratchStaysWithin512MegabytesAndCoversAllRows(int rows, int columns, int vocabulary) {
        for (Wanted wanted : Wanted.values()) {
            ChunkPlan plan = plan(rows, columns, vocabulary, wanted);
            long exponentials = wanted == Wanted.NOTHING ? 0 : 2L * plan.rows() * plan.stride();
            long slices = wanted == Wanted.NOTHING ? 0 : 4 * plan.derivative().sliceElements();
            long gathered = wanted == Wanted.GRADIENTS ? 2L * plan.rows() * columns : 0;
            long bytes = exponentials + slices + gathered + 8L * plan.rows() * plan.parts() + 12L * rows;
            assertTrue(bytes <= 512L << 20, () -> plan + " takes " + bytes + " bytes");
            assertTrue(plan.rows() >= Math.min(rows, 128) && plan.rows() <= rows);
            assertTrue(plan.rows() % 128 == 0 || plan.rows() == rows);
        }
    }

    @Test
    void chunksAreAboutEqual() {
        assertEquals(1024, plan(4096, 4096, 128_256, Wanted.DERIVATIVE).rows());
        assertEquals(640, plan(1200, 4096, 128_256, Wanted.DERIVATIVE).rows());
    }

    @Test
    void refusesWhatIsNoProduct() {
        assertThrows(IllegalArgumentException.class, () -> plan(1, 1, 0, Wanted.NOTHING));
        assertThrows(IllegalArgumentException.class, () -> plan(1, 0, 1, Wanted.NOTHING));
    }

    @Test
    void memoryHoldsWhatIsWanted() {
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            ChunkPlan.Memory nothing = plan(130, 16, 70, Wanted.NOTHING).allocate(scope);
            assertEquals(2 * 130 * 2, nothing.parts().count());
            assertNull(nothing.exponentials());
            ChunkPlan.Memory gradients = plan(130, 16, 70, Wanted.GRADIENTS).allocate(scope);
            assertEquals(130 * 72, gradients.exponentials().count());
            assertEquals(130 * 16, gradients.gathered().count());
        }
    }
}
