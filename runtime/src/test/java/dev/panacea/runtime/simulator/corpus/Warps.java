package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

final class Warps {
    private static final String SOURCE = "warps";
    private static final int N = 192;
    private static final LaunchGeometry GEOMETRY = new LaunchGeometry(2, 96);

    private Warps() { }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(shuffles(inputs), segments(inputs.ints(64)), votes(inputs.ints(N), 0), votes(inputs.ints(N), Integer.MAX_VALUE),
            matches(inputs.ints(N)), masks(), aggregated(inputs.ints(N)), compacted(inputs.ints(N)), bitonic(inputs.ints(N)));
    }

    private static int[] rows(int n, List<IntUnaryOperator> rows) {
        return IntStream.range(0, n * rows.size()).map(k -> rows.get(k / n).applyAsInt(k % n)).toArray();
    }

    private static CorpusCase shuffles(Inputs inputs) {
        int[] in = inputs.ints(N);
        int[] sources = inputs.ints(N, 0, 32);
        IntUnaryOperator byIndex = i -> in[i / 32 * 32 + sources[i]];
        int[] expected = rows(N, List.of(i -> in[i / 32 * 32 + 7], byIndex, i -> in[i / 8 * 8 + sources[i] % 8],
            i -> in[i % 32 < 3 ? i : i - 3], i -> in[i % 16 < 5 ? i : i - 5], i -> in[i % 32 > 28 ? i : i + 3],
            i -> in[i % 4 == 3 ? i : i + 1], i -> in[i ^ 21], i -> in[i ^ 3], i -> in[i ^ 16], byIndex,
            i -> in[i % 32 > 22 ? i : i + 9]));
        return new CorpusCase(SOURCE, "shuffles", "", GEOMETRY, value(N), input(in), input(sources), output(expected));
    }

    private static CorpusCase segments(int[] in) {
        IntPredicate up = i -> i % 8 >= 4;
        IntPredicate down = i -> i % 8 < 4;
        IntPredicate exchanged = i -> (i % 32 ^ 12) <= 7;
        int[] expected = rows(64, List.of(i -> in[up.test(i) ? i - 4 : i], i -> bit(up.test(i)), i -> in[down.test(i) ? i + 4 : i],
            i -> bit(down.test(i)), i -> in[exchanged.test(i) ? i ^ 12 : i], i -> bit(exchanged.test(i))));
        return new CorpusCase(SOURCE, "segments", "", new LaunchGeometry(1, 64), value(64), input(in), output(expected));
    }

    private static CorpusCase votes(int[] in, int limit) {
        IntUnaryOperator ballot = i -> mask(i / 32 * 32, j -> in[j] > limit);
        int[] expected = rows(N, List.of(ballot, i -> bit(ballot.applyAsInt(i) != 0), i -> bit(ballot.applyAsInt(i) == -1),
            i -> bit(ballot.applyAsInt(i) == 0 || ballot.applyAsInt(i) == -1),
            i -> i % 32 < 16 ? ballot.applyAsInt(i) & 0xffff : ~ballot.applyAsInt(i) & 0xffff0000));
        return new CorpusCase(SOURCE, "votes", "limit=" + limit, GEOMETRY, value(N), value(limit), input(in), output(expected));
    }

    private static CorpusCase matches(int[] in) {
        for (int i = 64; i < 96; i++) {
            in[i] = 2;
        }
        IntUnaryOperator any = i -> mask(i / 32 * 32, j -> (in[j] & 3) == (in[i] & 3));
        int[] expected = rows(N, List.of(any, any, i -> any.applyAsInt(i) == -1 ? -1 : 0, i -> bit(any.applyAsInt(i) == -1), i -> -1,
            i -> 1));
        return new CorpusCase(SOURCE, "matches", "", GEOMETRY, value(N), input(in), output(expected));
    }

    /** The lanes of the warp beginning at thread {@code first} that satisfy {@code predicate}, which takes threads. */
    private static int mask(int first, IntPredicate predicate) {
        return IntStream.range(0, 32).map(lane -> bit(predicate.test(first + lane)) << lane).sum();
    }

    private static int bit(boolean set) {
        return set ? 1 : 0;
    }

    private static CorpusCase masks() {
        int[] nth = IntStream.range(0, 32).filter(b -> (0x90f0f012 >>> b & 1) == 1).toArray();
        int[] expected = rows(64, List.of(i -> 1 << i, i -> (1 << i) - 1, i -> (1 << i) - 1 | 1 << i, i -> -1 << i & ~(1 << i),
            i -> -1 << i, i -> nth[i % 9], i -> 32, i -> -1));
        return new CorpusCase(SOURCE, "masks", "", new LaunchGeometry(1, 64), value(64), output(expected));
    }

    private static CorpusCase aggregated(int[] in) {
        int[] sums = new int[8];
        for (int value : in) {
            sums[value & 7]++;
        }
        return new CorpusCase(SOURCE, "aggregated", "", GEOMETRY, input(in), updated(new int[8], sums));
    }

    private static CorpusCase compacted(int[] in) {
        int poison = ByteBuffer.wrap(new byte[] {Argument.POISON, Argument.POISON, Argument.POISON, Argument.POISON}).getInt();
        int[] expected = new int[N];
        int[] counts = new int[N / 32];
        Arrays.fill(expected, poison);
        for (int i = 0; i < N; i++) {
            if (in[i] > 0) {
                expected[i / 32 * 32 + counts[i / 32]++] = in[i];
            }
        }
        return new CorpusCase(SOURCE, "compacted", "", GEOMETRY, value(0), input(in), output(expected), output(counts));
    }

    private static CorpusCase bitonic(int[] in) {
        int[] expected = in.clone();
        for (int i = 0; i < N; i += 32) {
            Arrays.sort(expected, i, i + 32);
        }
        return new CorpusCase(SOURCE, "bitonic", "", GEOMETRY, input(in), output(expected));
    }
}
