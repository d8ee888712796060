package dev.panacea.runtime.simulator.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the corpus expects can be disappointed. */
class ExpectationTest {

    static Stream<Object> arrays() {
        return Stream.of(new byte[] {1, -2, 3}, new short[] {1, -2, 3}, new int[] {1, -2, 3}, new long[] {1, -2, 3},
            new float[] {1, -2, 0}, new double[] {1, -2, 0});
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void aBitTooManyIsFound(Object array) {
        Expectation expectation = Expectation.exact(array);
        MemorySegment actual = Argument.updated(array, array).initial();
        assertEquals(Optional.empty(), expectation.mismatch(actual));
        for (long bit = 0; bit < 8 * actual.byteSize(); bit++) {
            flip(actual, bit);
            assertTrue(expectation.mismatch(actual).isPresent(), "bit " + bit);
            flip(actual, bit);
        }
    }

    private static void flip(MemorySegment segment, long bit) {
        byte[] bytes = (byte[]) segment.heapBase().orElseThrow();
        bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
    }

    @Test
    void anyNanIsAsGoodAsAnother() {
        Expectation expectation = Expectation.exact(new float[] {Float.NaN});
        assertEquals(Optional.empty(), expectation.mismatch(MemorySegment.ofArray(new int[] {0x7fffffff})));
        assertEquals(Optional.of("element 0: NaN expected, not 1.0"), expectation.mismatch(MemorySegment.ofArray(new float[] {1})));
    }

    @Test
    void toleranceEndsAtTheBound() {
        Expectation expectation = Expectation.floatsWithinUlps(new double[] {1, Double.POSITIVE_INFINITY}, 2);
        float infinity = Float.POSITIVE_INFINITY;
        float ulp = Math.ulp(1.0f);
        assertTrue(expectation.mismatch(MemorySegment.ofArray(new float[] {1 + 2 * ulp, infinity})).isEmpty());
        assertFalse(expectation.mismatch(MemorySegment.ofArray(new float[] {1 + 3 * ulp, infinity})).isEmpty());
        assertFalse(expectation.mismatch(MemorySegment.ofArray(new float[] {Float.NaN, infinity})).isEmpty());
        assertFalse(expectation.mismatch(MemorySegment.ofArray(new float[] {1, Float.MAX_VALUE})).isEmpty());
    }
}
