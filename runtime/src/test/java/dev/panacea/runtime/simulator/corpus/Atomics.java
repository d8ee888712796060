package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.scratch;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

final class Atomics {
    private static final String SOURCE = "atomics";
    private static final int THREADS = 160;

    private Atomics() { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>();
        for (int bins : new int[] {1, 7, 1000}) {
            cases.add(histogram(inputs, "globalHistogram", bins));
            cases.add(histogram(inputs, "sharedHistogram", bins));
        }
        cases.add(weighted(inputs));
        cases.add(words(inputs.ints(THREADS)));
        cases.add(longs(inputs.longs(THREADS)));
        cases.add(sharedWords(inputs.ints(THREADS)));
        int[] ones = IntStream.generate(() -> 1).limit(THREADS).toArray();
        cases.add(new CorpusCase(SOURCE, "tickets", "", new LaunchGeometry(5, 32), updated(new int[1], new int[] {THREADS}),
            updated(new long[1], new long[] {2 * THREADS}), output(ones), output(ones)));
        cases.add(products(inputs.ints(THREADS)));
        cases.add(exchanges(inputs.ints(THREADS)));
        cases.add(halves());
        return cases;
    }

    private static CorpusCase histogram(Inputs inputs, String kernel, int bins) {
        int[] in = inputs.ints(700, 0, Integer.MAX_VALUE);
        int[] counts = inputs.ints(bins, 0, 100);
        int[] expected = counts.clone();
        for (int value : in) {
            expected[value % bins]++;
        }
        return new CorpusCase(SOURCE, kernel, "bins=" + bins,
            new LaunchGeometry(new Dimensions(3), new Dimensions(96), kernel.startsWith("shared") ? 4 * bins : 0), value(in.length),
            input(in), value(bins), updated(counts, expected));
    }

    private static CorpusCase weighted(Inputs inputs) {
        int bins = 5;
        int[] in = inputs.ints(700, 0, Integer.MAX_VALUE);
        float[] weights = inputs.floats(in.length, 0, 1);
        double[] sums = new double[bins];
        int[] counts = new int[bins];
        for (int i = 0; i < in.length; i++) {
            sums[in[i] % bins] += weights[i];
            counts[in[i] % bins]++;
        }
        // Each of the additions of a positive sum rounds by half a unit in the last place at most.
        return new CorpusCase(SOURCE, "weighted", "", new LaunchGeometry(new Dimensions(3), new Dimensions(96), 4 * bins),
            value(in.length), input(in), input(weights), value(bins),
            updated(new float[bins], Expectation.floats(sums, i -> 0.5 * (counts[i] + 3) * Math.ulp((float) sums[i]))),
            updated(new double[bins], Expectation.doublesWithinUlps(sums, in.length)));
    }

    private static CorpusCase words(int[] in) {
        int[] before = {5, 5, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, -1, 0, 0, 0, 0, 0, 0};
        int[] after = before.clone();
        for (int value : in) {
            after[0] += value;
            after[1] -= value;
            after[2] = Math.min(after[2], value);
            after[3] = Math.max(after[3], value);
            after[4] = Integer.compareUnsigned(value, after[4]) < 0 ? value : after[4];
            after[5] = Integer.compareUnsigned(value, after[5]) > 0 ? value : after[5];
            after[6] &= value | 0xff;
            after[7] |= value & 0x0ff0;
            after[8] ^= value;
            after[9] = after[9] >= 6 ? 0 : after[9] + 1;
            after[10] = after[10] == 0 || after[10] > 6 ? 6 : after[10] - 1;
            after[11]++;
            after[12]++;
        }
        // One block: what atomicAdd_block does to other blocks' eyes is not defined.
        return new CorpusCase(SOURCE, "words", "", new LaunchGeometry(1, THREADS), input(in), updated(before, after));
    }

    private static CorpusCase longs(long[] in) {
        long[] before = {5, Long.MAX_VALUE, Long.MIN_VALUE, -1, 0, -1, 0, 0};
        List<LongBinaryOperator> operators = List.of(Long::sum, Math::min, Math::max,
            (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b, (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b,
            (a, b) -> a & (b | 0xffffL << 20), (a, b) -> a | (b & 0xff00ff00L << 16), (a, b) -> a ^ b);
        long[] after = IntStream.range(0, before.length).mapToLong(i -> Arrays.stream(in).reduce(before[i], operators.get(i))).toArray();
        return new CorpusCase(SOURCE, "longs", "", new LaunchGeometry(5, 32), input(in), updated(before, after));
    }

    private static CorpusCase sharedWords(int[] in) {
        int[] expected = {0, 0, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, 0, 0, 3, Float.floatToIntBits(in.length)};
        long[] wide = {0, 0, -1, 0};
        for (int value : in) {
            expected[0] += value;
            expected[1] -= value;
            expected[2] = Math.min(expected[2], value);
            expected[3] = Math.max(expected[3], value);
            expected[4] &= value | 0xf0f0;
            expected[5] |= value & 0x0ff0;
            expected[6] ^= value;
            expected[7] = expected[7] >= 10 ? 0 : expected[7] + 1;
            expected[8] = expected[8] == 0 ? 10 : expected[8] - 1;
            long square = (long) value * value;
            wide[0] += square;
            wide[1] = Math.max(wide[1], square);
            wide[2] = Long.compareUnsigned(square, wide[2]) < 0 ? square : wide[2];
            wide[3] ^= square;
        }
        return new CorpusCase(SOURCE, "sharedWords", "", new LaunchGeometry(1, THREADS), input(in), output(expected), output(wide));
    }

    private static CorpusCase products(int[] in) {
        long product = 1;
        for (int value : in) {
            product *= Integer.toUnsignedLong(value | 1);
        }
        // A 16-bit compare-and-swap in a padded word: the neighbour stays.
        return new CorpusCase(SOURCE, "products", "", new LaunchGeometry(5, 32), input(in),
            updated(new short[] {1, 77}, new short[] {(short) product, 77}), updated(new int[] {1}, new int[] {(int) product}),
            updated(new long[] {1}, new long[] {product}));
    }

    private static CorpusCase exchanges(int[] in) {
        Expectation chained = actual -> {
            int[] seen = actual.toArray(ValueLayout.JAVA_INT);
            long distinct = Arrays.stream(seen).filter(v -> v > 0).distinct().count();
            long zeros = Arrays.stream(seen).filter(v -> v == 0).count();
            boolean ownSlot = IntStream.range(0, seen.length).allMatch(i -> seen[i] == 0
                || seen[i] > 0 && seen[i] <= in.length && (in[seen[i] - 1] & 3) == (in[i] & 3));
            long slots = Arrays.stream(in).map(v -> v & 3).distinct().count();
            return distinct + zeros == in.length && zeros == slots && ownSlot ? Optional.empty()
                : Optional.of("values were lost or doubled: " + Arrays.toString(seen));
        };
        return new CorpusCase(SOURCE, "exchanges", "", new LaunchGeometry(5, 32), input(in),
            scratch(new int[4]), output(4L * in.length, chained));
    }

    private static CorpusCase halves() {
        int threads = 60;
        float sum = 20 * (1 + 2);
        short[] half2 = {Float.floatToFloat16(sum), Float.floatToFloat16(threads)};
        short[] bfloat2 = {(short) (Float.floatToIntBits(sum) >>> 16), (short) (Float.floatToIntBits(threads) >>> 16)};
        return new CorpusCase(SOURCE, "halves", "", new LaunchGeometry(1, threads), updated(new short[2], half2),
            updated(new short[2], bfloat2), updated(new short[2], new short[] {Float.floatToFloat16(threads), 0}));
    }
}
