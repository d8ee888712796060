package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** shfl, vote, match and redux against plain Java. */
class WarpCommunicationTest {
    private static final String LOAD = "ld.global.u32 %r10, [%rd5];";
    private static final String STORE = "cvt.u64.u32 %rd10, %r11; st.global.u64 [%rd4], %rd10;";

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final SimulatedGpu gpu = new SimulatedGpu();

    private void expect(String ptx, int[] inputs, IntUnaryOperator expected) {
        long[] words = IntStream.of(inputs).asLongStream().toArray();
        assertArrayEquals(IntStream.range(0, inputs.length).map(expected).toArray(), gpu.runWords(LOAD + ptx + STORE, inputs.length, words),
            ptx + " seed " + seed);
    }

    @ParameterizedTest
    @CsvSource({"up,1,32", "up,3,8", "down,1,32", "down,5,16", "bfly,1,32", "bfly,4,8", "bfly,16,32", "idx,7,32", "idx,2,4", "idx,9,8"})
    void shufflesStayInTheirSegments(String mode, int by, int width) {
        int[] in = random.ints(64).toArray();
        int clamp = mode.equals("up") ? 0 : 31;
        String control = String.valueOf(32 - width << 8 | clamp);
        expect("shfl.sync." + mode + ".b32 %r12|%p1, %r10, " + by + ", " + control + ", 0xffffffff; selp.b32 %r13, 1, 0, %p1;"
            + "mad.lo.u32 %r11, %r12, 2, %r13;", in, lane -> {
                int first = lane / width * width;
                int source = switch (mode) {
                    case "up" -> lane - by;
                    case "down" -> lane + by;
                    case "bfly" -> lane ^ by;
                    default -> first + by % width;
                };
                boolean inside = source >= first && source < first + width;
                return 2 * in[inside ? source : lane] + (inside ? 1 : 0);
            });
    }

    @Test
    void votesCountThePredicatesOfAllMembers() {
        int[] in = random.ints(32, 0, 2).toArray();
        int ballot = IntStream.range(0, 32).map(lane -> in[lane] << lane).sum();
        String set = "setp.ne.u32 %p1, %r10, 0;";
        expect(set + "vote.sync.ballot.b32 %r11, %p1, 0xffffffff;", in, lane -> ballot);
        expect(set + "vote.sync.any.pred %p2, %p1, 0xffffffff; selp.u32 %r11, 1, 0, %p2;", in, lane -> ballot != 0 ? 1 : 0);
        expect(set + "vote.sync.all.pred %p2, !%p1, 0xffffffff; selp.u32 %r11, 1, 0, %p2;", in, lane -> ballot == 0 ? 1 : 0);
        expect("setp.eq.u32 %p1, %r10, %r10; vote.sync.uni.pred %p2, %p1, 0xffffffff; selp.u32 %r11, 1, 0, %p2;", in, lane -> 1);
    }

    @Test
    void lanesSideBySideVoteInTheirOwnGroups() {
        int[] in = random.ints(64, 0, 2).toArray();
        expect("setp.ne.u32 %p1, %r10, 0; and.b32 %r12, %r2, 28; shl.b32 %r13, 15, %r12; vote.sync.ballot.b32 %r11, %p1, %r13;", in, lane -> {
            int first = lane % 32 / 4 * 4;
            return IntStream.range(first, first + 4).map(i -> in[lane / 32 * 32 + i] << i).sum();
        });
    }

    @Test
    void matchFindsEqualValues() {
        int[] in = random.ints(32, 0, 5).toArray();
        expect("match.any.sync.b32 %r11, %r10, 0xffffffff;", in,
            lane -> IntStream.range(0, 32).map(other -> in[other] == in[lane] ? 1 << other : 0).sum());
        expect("match.all.sync.b32 %r11|%p1, 5, 0xffffffff; @!%p1 mov.u32 %r11, 0;", in, lane -> -1);
        expect("match.all.sync.b32 %r11|%p1, %r2, 0xffffffff; selp.u32 %r12, 7, 0, %p1; add.u32 %r11, %r11, %r12;", in, lane -> 0);
    }

    @Test
    void reductionsTakeAllMembers() {
        int[] in = random.ints(32).toArray();
        expect("redux.sync.add.s32 %r11, %r10, 0xffffffff;", in, lane -> IntStream.of(in).sum());
        expect("redux.sync.min.s32 %r11, %r10, 0xffffffff;", in, lane -> IntStream.of(in).min().getAsInt());
        expect("redux.sync.max.u32 %r11, %r10, 0xffffffff;", in,
            lane -> IntStream.of(in).reduce(0, (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b));
        expect("redux.sync.xor.b32 %r11, %r10, 0xffffffff;", in, lane -> IntStream.of(in).reduce(0, (a, b) -> a ^ b));
    }

    @Test
    void aWarpThatIsNotFullHasFewerMembers() {
        int[] result = gpu.runWords("vote.sync.ballot.b32 %r11, 1, 0xffffffff;" + STORE, 40);
        assertEquals(-1, result[0]);
        assertEquals(0xFF, result[39]);
    }
}
