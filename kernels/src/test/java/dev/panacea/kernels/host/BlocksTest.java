package dev.panacea.kernels.host;

import dev.panacea.runtime.HostDevice;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BlocksTest {

    @Test
    void everyElementIsInExactlyOneBlock() {
        try (HostDevice device = new HostDevice(2)) {
            for (int count : new int[] {0, 1, 9, 10, 11, 1000}) {
                AtomicIntegerArray seen = new AtomicIntegerArray(count);
                new Blocks(count, 10).forEach(device.workers(), (block, from, to) -> {
                    assertEquals(10L * block, from);
                    for (long i = from; i < to; i++) {
                        seen.incrementAndGet((int) i);
                    }
                });
                for (int i = 0; i < count; i++) {
                    assertEquals(1, seen.get(i));
                }
            }
        }
    }

    @Test
    void rowsStayWholeAndPartialSumsFew() {
        assertEquals(1, Blocks.ofRows(5, 1 << 20).length());
        assertEquals(128, Blocks.ofRows(4096, 128).length());
        assertEquals(1, Blocks.ofRows(5, 0).number());
        assertTrue(Blocks.ofRows(4096, 4096, 64).number() <= 64);
        assertTrue(Blocks.ofRows(1, 4096, 64).number() == 1);
    }

    @Test
    void cutsThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Blocks(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Blocks(1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Blocks(Long.MAX_VALUE, 1));
    }
}
