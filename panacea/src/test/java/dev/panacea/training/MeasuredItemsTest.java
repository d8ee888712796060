package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.objective.Objective;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On pairs whose first half is judged in both dimensions and whose second half in the first alone. */
class MeasuredItemsTest {
    private static final int[] ALL = IntStream.range(0, SmallTask.PAIRS).toArray();

    @TempDir
    private Path folder;

    private void onPairs(Consumer<Objective> check) {
        try (SmallTask task = new SmallTask(folder)) {
            assertEquals(12, SmallTask.PAIRS);
            check.accept(task.dpo(0.1));
        }
    }

    @Test
    void lieAtEvenDistances() {
        onPairs(pairs -> {
            assertArrayEquals(new int[] {1, 4, 7, 10}, MeasuredItems.spread(pairs, 4));
            assertArrayEquals(new int[] {1, 3, 6, 8, 10}, MeasuredItems.spread(pairs, 5));
        });
    }

    @Test
    void includeOneForADimensionThatTheyWouldMiss() {
        onPairs(pairs -> {
            assertEquals(0, pairs.weight(6, 1));
            assertArrayEquals(new int[] {0, 6}, MeasuredItems.spread(pairs, 1));
        });
    }

    @Test
    void areAllWhereNoMoreAreThere() {
        onPairs(pairs -> {
            assertArrayEquals(ALL, MeasuredItems.spread(pairs, 12));
            assertArrayEquals(ALL, MeasuredItems.spread(pairs, 200));
            assertArrayEquals(ALL, MeasuredItems.all(pairs));
        });
    }
}
