package dev.panacea.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.runtime.BadInputException;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchingTest {

    private static int[] stream(Batching batching, int steps) {
        return LongStream.range(0, steps).mapToObj(batching::batch).flatMapToInt(Arrays::stream).toArray();
    }

    @ParameterizedTest
    @CsvSource({"10, 3", "7, 7", "1, 4", "5, 12", "64, 8", "101, 10"})
    void everyRowComesOnceAnEpochAndBatchesWrap(int rows, int batchSize) {
        int[] all = stream(new Batching(rows, batchSize, 11), 4 * rows);
        for (int epoch = 0; epoch < 4; epoch++) {
            int[] seen = Arrays.copyOfRange(all, epoch * rows, (epoch + 1) * rows);
            Arrays.sort(seen);
            assertArrayEquals(IntStream.range(0, rows).toArray(), seen, "epoch " + epoch);
        }
    }

    @Test
    void epochsAndSeedsDiffer() {
        int[] all = stream(new Batching(50, 10, 1), 10);
        assertFalse(Arrays.equals(Arrays.copyOf(all, 50), Arrays.copyOfRange(all, 50, 100)));
        assertFalse(Arrays.equals(all, stream(new Batching(50, 10, 2), 10)));
    }

    @Test
    void aStepNeedsNoHistory() {
        int[] all = stream(new Batching(37, 5, 9), 40);
        for (int step : new int[] {39, 3, 17, 7, 8}) {
            assertArrayEquals(Arrays.copyOfRange(all, step * 5, step * 5 + 5), new Batching(37, 5, 9).batch(step));
        }
    }

    @Test
    void theOrderOutlivesReleases() {
        // three epochs, as a separate implementation of SplitMix64 and Fisher-Yates draws them
        int[] all = stream(new Batching(100, 10, 42), 30);
        assertArrayEquals(new int[] {68, 51, 65, 31, 10, 88, 98, 23, 57, 99}, Arrays.copyOf(all, 10));
        assertEquals(-1287489227, Arrays.hashCode(all));
    }

    @Test
    void slicesInOrderAreTheBatch() {
        int[] batch = new Batching(100, 12, 5).batch(3);
        int[] joined = IntStream.range(0, 4).mapToObj(rank -> Batching.slice(batch, rank, 4)).flatMapToInt(Arrays::stream).toArray();
        assertArrayEquals(batch, joined);
        assertThrows(BadInputException.class, () -> Batching.slice(batch, 0, 5));
        assertThrows(IllegalArgumentException.class, () -> Batching.slice(batch, 4, 4));
    }

    @Test
    void epochsAreCounted() {
        Batching batching = new Batching(10, 4, 0);
        assertEquals(2.0, batching.epoch(5));
        assertEquals(3, batching.stepsPerEpoch());
    }

    @Test
    void emptySetsAndBatchesAreRefused() {
        assertThrows(BadInputException.class, () -> new Batching(0, 4, 0));
        assertThrows(BadInputException.class, () -> new Batching(4, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Batching(4, 4, 0).batch(-1));
    }
}
