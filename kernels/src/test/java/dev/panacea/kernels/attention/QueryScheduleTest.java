package dev.panacea.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import org.junit.jupiter.api.Test;

class QueryScheduleTest {
    private static final PackedSequences SEQUENCES = PackedSequences.ofLengths(0, 300, 128, 0, 1);

    private static int[] schedule(boolean causal, int window) {
        return QuerySchedule.of(new Shape(2, 1, 64, 1, causal, window), SEQUENCES, 128);
    }

    @Test
    void tilesThatSeeMoreKeysComeFirstAndEqualOnesInOrder() {
        assertArrayEquals(new int[] {0, 300, 256, 0, 300, 128, 0, 300, 0, 300, 128, 0, 428, 1, 0}, schedule(true, 0));
        assertArrayEquals(new int[] {0, 300, 0, 0, 300, 128, 0, 300, 256, 300, 128, 0, 428, 1, 0}, schedule(false, 0));
    }

    @Test
    void aWindowLimitsWhatATileSees() {
        // 227, 143, 128, 128 and 1 keys
        assertArrayEquals(new int[] {0, 300, 128, 0, 300, 256, 0, 300, 0, 300, 128, 0, 428, 1, 0}, schedule(true, 100));
        // 130, 129, 128, 45 and 1
        assertArrayEquals(new int[] {0, 300, 128, 0, 300, 0, 300, 128, 0, 0, 300, 256, 428, 1, 0}, schedule(false, 2));
    }
}
