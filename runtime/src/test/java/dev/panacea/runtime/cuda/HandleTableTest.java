package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HandleTableTest {
    private record Thing(long address) implements JCudaHandles.Handle { }

    private final HandleTable<JCudaHandles.Handle> table = new HandleTable<>("thing");

    @Test
    void agreesWithAMap() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Map<Long, JCudaHandles.Handle> expected = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            long handle = random.nextLong(-40, 40) << 40;
            if (random.nextInt(3) == 0) {
                table.remove(handle);
                expected.remove(handle);
            } else {
                JCudaHandles.Handle thing = new Thing(handle);
                assertEquals(handle, table.add(thing));
                expected.put(handle, thing);
            }
            expected.forEach((key, thing) -> assertSame(thing, table.get(key), "seed " + seed));
        }
    }

    @Test
    void strangersAreNamed() {
        table.add(new Thing(8));
        table.remove(9);
        table.remove(8);
        var thrown = assertThrows(IllegalArgumentException.class, () -> table.get(8));
        assertTrue(thrown.getMessage().startsWith("no thing 8"), thrown.getMessage());
    }
}
