package dev.panacea.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void aFifthLiesBelowAndAFifthAbove() {
        assertEquals(new Spread(6, 3, 9), Spread.ofMilliseconds(new double[] {11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6}));
        assertEquals(new Spread(1, 1, 1), Spread.ofNanos(new long[] {1_000_000}));
        assertThrows(IllegalArgumentException.class, () -> Spread.ofMilliseconds(new double[0]));
    }
}
