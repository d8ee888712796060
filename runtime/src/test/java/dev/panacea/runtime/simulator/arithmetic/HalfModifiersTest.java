package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** .ftz and .sat of f16, which bf16 has not. */
class HalfModifiersTest {
    private static final int SAMPLES = 100_000;
    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void ftzFlushesOperandsAndResults() {
        for (int i = 0; i < SAMPLES; i++) {
            short a = mostlySmall();
            short b = mostlySmall();
            short x = Half.flush(a);
            short y = Half.flush(b);
            assertEquals(Half.flush(Half.add(x, y, false, false)), Half.add(a, b, true, false), () -> "seed " + seed);
            assertEquals(Half.flush(Half.sub(x, y, false, false)), Half.sub(a, b, true, false), () -> "seed " + seed);
            assertEquals(Half.flush(Half.mul(x, y, false, false)), Half.mul(a, b, true, false), () -> "seed " + seed);
            assertEquals(Half.flush(Half.fma(x, y, x, false, false, false)), Half.fma(a, b, a, true, false, false), () -> "seed " + seed);
            assertEquals(Half.min(x, y, false, false), Half.min(a, b, false, true), () -> "seed " + seed);
            assertEquals(Half.max(x, y, true, false), Half.max(a, b, true, true), () -> "seed " + seed);
        }
        assertEquals((short) 0x8000, Half.flush((short) 0x83ff));
        assertEquals((short) 0x0400, Half.flush((short) 0x0400));
    }

    private short mostlySmall() {
        return (short) (random.nextInt(1 << 16) & (random.nextBoolean() ? 0xffff : 0x8fff));
    }

    @Test
    void saturationClampsResultsToTheUnitInterval() {
        short two = Half.fromFloat(2);
        assertEquals(Half.ONE, Half.add(two, two, false, true));
        assertEquals(0, Half.sub((short) 0, two, false, true));
        assertEquals(0, Half.mul((short) 0x7c00, (short) 0, false, true));
        assertEquals(Half.fromFloat(0.75f), Half.fma(Half.fromFloat(0.5f), Half.ONE, Half.fromFloat(0.25f), false, true, false));
        assertEquals(Half.ONE << 16 | Half.ONE, Half.add(Half.pack(two, two), 0, false, true));
    }

    @Test
    void signsFlipAndFallInPairs() {
        assertEquals(0xfc003c00, Half.neg(0x7c00bc00));
        assertEquals(0x7c003c00, Half.abs(0xfc00bc00));
        assertEquals((short) 0xbc00, Half.neg((short) 0x3c00));
        assertEquals((short) 0x3c00, Half.abs((short) 0xbc00));
    }
}
