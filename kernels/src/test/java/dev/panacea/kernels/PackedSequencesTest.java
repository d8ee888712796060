package dev.panacea.kernels;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class PackedSequencesTest {

    @Test
    void lengthsBecomeOffsetsPositionsAndOwners() {
        PackedSequences packed = PackedSequences.ofLengths(3, 0, 2);
        assertArrayEquals(new int[] {0, 3, 3, 5}, packed.offsets());
        assertEquals(3, packed.count());
        assertEquals(5, packed.tokens());
        assertEquals(3, packed.longest());
        assertEquals(3, packed.start(2));
        assertEquals(0, packed.length(1));
        assertArrayEquals(new int[] {0, 1, 2, 0, 1}, packed.positions());
        assertArrayEquals(new int[] {0, 0, 0, 2, 2}, packed.sequenceOfToken());
    }

    @Test
    void nothingIsAValidPacking() {
        PackedSequences packed = PackedSequences.ofLengths();
        assertEquals(0, packed.count());
        assertEquals(0, packed.tokens());
        assertEquals(0, packed.longest());
        assertEquals(0, packed.positions().length);
    }

    @Test
    void laterChangesOfTheGivenArrayDoNotShow() {
        int[] offsets = {0, 2, 4};
        PackedSequences packed = new PackedSequences(offsets);
        offsets[1] = 4;
        assertEquals(2, packed.length(0));
    }

    @Test
    void offsetsThatAreNoCumulativeLengthsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PackedSequences(new int[0]));
        assertThrows(IllegalArgumentException.class, () -> new PackedSequences(new int[] {1, 2}));
        assertThrows(IllegalArgumentException.class, () -> new PackedSequences(new int[] {0, 3, 2}));
        assertThrows(IllegalArgumentException.class, () -> PackedSequences.ofLengths(2, -1));
        assertThrows(ArithmeticException.class, () -> PackedSequences.ofLengths(Integer.MAX_VALUE, 1));
    }
}
