package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TierTest {
    private static final long SEGMENT = 1 << 21;

    @ParameterizedTest
    @ValueSource(longs = {1, 1 << 20, (1 << 20) + 1, 10 << 20, (10 << 20) + 1, 3L << 30})
    void roundingCostsASixteenthOfALargeRequestAtMost(long bytes) {
        Tier tier = Tier.all().stream().filter(t -> t.serves(bytes)).findFirst().orElseThrow();
        long size = tier.rounded(bytes);
        assertTrue(size >= bytes && size - bytes < Math.max(512, bytes / 4), bytes + " in " + size);
        assertTrue(tier.segmentFor(size) % SEGMENT == 0 && tier.segmentFor(size) >= size, tier.segmentFor(size) + " for " + size);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void extentsNeverOverlapAndJoinAgain(long seed) {
        var random = new SplittableRandom(seed);
        Tier tier = Tier.all().getFirst();
        List<Extent> taken = new ArrayList<>();
        int segments = 0;
        for (int i = 0; i < 3000; i++) {
            if (taken.isEmpty() || random.nextInt(100) < 55 - taken.size() / 4) {
                long size = tier.rounded(random.nextLong(1, 1L << random.nextInt(1, 21)));
                Extent extent = tier.take(size);
                if (extent == null) {
                    tier.addSegment(SEGMENT * (1 + 3L * segments++), SEGMENT);
                    extent = tier.take(size);
                }
                assertEquals(size, extent.bytes(), "seed " + seed);
                taken.add(extent);
            } else {
                tier.give(taken.remove(random.nextInt(taken.size())));
            }
            long used = disjointBytes(taken, seed);
            assertEquals(segments * SEGMENT, used + tier.freeBytes(), "seed " + seed);
        }
        taken.forEach(tier::give);
        assertEquals(SEGMENT, tier.largestFreeBytes());
        assertEquals(segments, tier.removeWholeSegments().size(), "seed " + seed);
        assertEquals(0, tier.freeBytes());
    }

    private static long disjointBytes(List<Extent> extents, long seed) {
        TreeMap<Long, Long> sorted = new TreeMap<>();
        extents.forEach(extent -> sorted.put(extent.address(), extent.bytes()));
        long end = 0;
        for (var piece : sorted.entrySet()) {
            assertTrue(piece.getKey() >= end, "overlap at " + piece.getKey() + ", seed " + seed);
            end = piece.getKey() + piece.getValue();
            assertEquals(0, (end - 1) / SEGMENT - piece.getKey() / SEGMENT, "an extent leaves its segment, seed " + seed);
        }
        return sorted.values().stream().mapToLong(Long::longValue).sum();
    }
}
