package dev.panacea.runtime.simulator.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BanksTest {
    private final Banks banks = new Banks();

    private int wavefronts(int lanes, int bytes, IntToLongFunction address) {
        long[] addresses = new long[Lanes.WARP];
        Arrays.setAll(addresses, address::applyAsLong);
        return banks.wavefronts(addresses, lanes, bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16, 32})
    void strideOfAPowerOfTwoWordsConflictsThatOften(int stride) {
        assertEquals(stride, wavefronts(-1, 4, lane -> 4L * stride * lane));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 33, 31, 17})
    void oddStridesDoNotConflict(int stride) {
        assertEquals(1, wavefronts(-1, 4, lane -> 4L * stride * lane));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "4,1", "8,2", "16,4"})
    void neighboursTakeWhatTheirWidthNeeds(int bytes, int passes) {
        assertEquals(passes, wavefronts(-1, bytes, lane -> (long) bytes * lane));
        assertEquals(passes, Banks.leastWavefronts(-1, bytes));
    }

    @Test
    void oneWordServesAllLanes() {
        assertEquals(1, wavefronts(-1, 4, lane -> 128));
        assertEquals(1, wavefronts(-1, 2, lane -> 128 + lane % 2 * 2));
    }

    @Test
    void idleQuartersTakeNoPass() {
        assertEquals(1, wavefronts(0xFF00, 16, lane -> 16L * lane));
        assertEquals(1, Banks.leastWavefronts(0xFF00, 16));
    }

    // A row of a matrix has 64 bf16, 128 bytes: without swizzle eight rows at one column lie in the same four banks.
    @Test
    void matrixRowsConflictUnlessSwizzled() {
        assertEquals(32, wavefronts(-1, 16, lane -> 128L * lane));
        assertEquals(4, wavefronts(-1, 16, lane -> 128L * lane + 16 * (lane % 8)));
        assertEquals(4, wavefronts(-1, 16, lane -> 128L * lane + 16 * (3 ^ lane % 8)));
    }

    @Test
    void countsAsDefined() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 5000; round++) {
            int bytes = 1 << random.nextInt(5);
            int range = 1 << random.nextInt(3, 11);
            int lanes = random.nextBoolean() ? -1 : random.nextInt();
            long[] addresses = random.longs(Lanes.WARP, 0, range).map(place -> place * bytes).toArray();
            assertEquals(defined(addresses, lanes, bytes), banks.wavefronts(addresses, lanes, bytes), "seed " + seed + " round " + round);
        }
    }

    private static int defined(long[] addresses, int lanes, int bytes) {
        Map<Integer, Map<Long, Set<Long>>> wordsOfBanks = new HashMap<>();
        for (int lane = 0; lane < Lanes.WARP; lane++) {
            for (long at = addresses[lane]; (lanes >>> lane & 1) != 0 && at < addresses[lane] + bytes; at++) {
                wordsOfBanks.computeIfAbsent(lane * Math.max(bytes, 4) / 128, pass -> new HashMap<>())
                    .computeIfAbsent(at / 4 % 32, bank -> new HashSet<>()).add(at / 4);
            }
        }
        return wordsOfBanks.values().stream().mapToInt(pass -> pass.values().stream().mapToInt(Set::size).max().orElseThrow()).sum();
    }
}
