package dev.panacea.kernels.attention;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class SquareTransposeTest {
    private static final int STRIDE = LANES + 3;

    private interface Transpose {
        void run(long address, long row);
    }

    @Test
    void asThisMachineDoesIt() {
        check(SquareTranspose::run);
    }

    @Test
    void throughMemory() {
        check(SquareTranspose::inMemory);
    }

    @Test
    void eightRowsInRegisters() {
        assumeTrue(LANES == 8, "vectors have " + LANES + " lanes");
        check(SquareTranspose::eightInRegisters);
    }

    /** What lies between the rows stays. */
    private static void check(Transpose transpose) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate((long) LANES * STRIDE * Float.BYTES, 64);
            Matrix square = Matrix.rows(memory, 0, STRIDE);
            for (int i = 0; i < LANES; i++) {
                for (int j = 0; j < STRIDE; j++) {
                    square.set(i, j, i * STRIDE + j);
                }
            }
            transpose.run(square.address(), square.row());
            for (int i = 0; i < LANES; i++) {
                for (int j = 0; j < STRIDE; j++) {
                    assertEquals(j < LANES ? j * STRIDE + i : i * STRIDE + j, square.get(i, j), i + ", " + j);
                }
            }
        }
    }
}
