package dev.panacea.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MicroBatchesTest {

    private static final int[] TOKENS = new Random(3).ints(200, 1, 101).toArray();
    private static final MicroBatches SPLITTER = new MicroBatches(row -> TOKENS[row], row -> "pair-" + row);
    private static final int[] BATCH = new Random(4).ints(200, 0, 200).toArray();

    @ParameterizedTest
    @EnumSource
    void everyRowIsInOneMicroBatchWithinTheBudget(MicroBatches.Order order) {
        List<int[]> parts = SPLITTER.split(BATCH, 250, order);
        int[] all = parts.stream().flatMapToInt(Arrays::stream).sorted().toArray();
        assertArrayEquals(IntStream.of(BATCH).sorted().toArray(), all);
        for (int[] part : parts) {
            assertTrue(part.length > 0 && Arrays.stream(part).map(row -> TOKENS[row]).sum() <= 250);
        }
        assertArrayEquals(parts.toArray(), SPLITTER.split(BATCH, 250, order).toArray());
    }

    @Test
    void theGivenOrderIsKept() {
        assertArrayEquals(BATCH, SPLITTER.split(BATCH, 250, MicroBatches.Order.AS_GIVEN).stream().flatMapToInt(Arrays::stream).toArray());
    }

    @Test
    void longestFirstNeedsNoMoreMicroBatches() {
        List<int[]> longestFirst = SPLITTER.split(BATCH, 250, MicroBatches.Order.LONGEST_FIRST);
        assertEquals(Arrays.stream(BATCH).map(row -> TOKENS[row]).max().getAsInt(), TOKENS[longestFirst.getFirst()[0]]);
        assertTrue(longestFirst.size() <= SPLITTER.split(BATCH, 250, MicroBatches.Order.AS_GIVEN).size());
    }

    @Test
    void aRowAboveTheBudgetIsNamedWithWhatItNeeds() {
        MicroBatches one = new MicroBatches(row -> 300 + row, row -> "pair-" + row);
        BadInputException e = assertThrows(BadInputException.class, () -> one.split(new int[] {5}, 256, MicroBatches.Order.AS_GIVEN));
        assertTrue(e.getMessage().contains("pair-5") && e.getMessage().contains("305"), e.getMessage());
    }
}
