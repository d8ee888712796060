package dev.panacea.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthHistogramTest {

    @Test
    void quantilesAreNearestRanks() {
        LengthHistogram lengths = LengthHistogram.of(IntStream.rangeClosed(1, 100).toArray(), 10);
        assertEquals(List.of(1, 50, 90, 99, 100),
            List.of(lengths.shortest(), lengths.median(), lengths.p90(), lengths.p99(), lengths.longest()));
        assertEquals(50.5, lengths.mean());
        assertEquals(new LengthHistogram.Bin(11, 20, 10), lengths.bins().get(1));
    }

    @Test
    void binsCoverEveryLengthOnce() {
        int[] values = new Random(1).ints(999, 3, 1500).toArray();
        LengthHistogram lengths = LengthHistogram.of(values, 7);
        int previous = lengths.shortest() - 1;
        for (LengthHistogram.Bin bin : lengths.bins()) {
            assertEquals(previous + 1, bin.from());
            assertEquals(IntStream.of(values).filter(v -> v >= bin.from() && v <= bin.to()).count(), bin.count());
            previous = bin.to();
        }
        assertEquals(lengths.longest(), previous);
    }

    @Test
    void degenerateLengths() {
        assertEquals(List.of(new LengthHistogram.Bin(5, 5, 2)), LengthHistogram.of(new int[] {5, 5}, 10).bins());
        LengthHistogram widest = LengthHistogram.of(new int[] {0, Integer.MAX_VALUE}, 2);
        assertEquals(2, widest.bins().size());
        assertThrows(IllegalArgumentException.class, () -> LengthHistogram.of(new int[0], 3));
    }
}
