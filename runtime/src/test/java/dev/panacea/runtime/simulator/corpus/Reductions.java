package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;

final class Reductions {
    private static final String SOURCE = "reduction";

    private Reductions() { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 100, 1000}) {
            cases.add(treeSum(inputs, n, 32));
            cases.add(treeSum(inputs, n, 256));
            cases.add(shuffleSum(inputs, n, 3, 96));
            cases.add(shuffleSum(inputs, n, 1, 1024));
            cases.add(lastBlockSum(inputs, n));
        }
        cases.add(redux(inputs));
        cases.add(maskedRedux(inputs));
        cases.add(counted(inputs, 64, Integer.MIN_VALUE));
        cases.add(counted(inputs, 33, 0));
        cases.add(counted(inputs, 1024, Integer.MAX_VALUE));
        for (int threads : new int[] {1, 31, 33, 1024}) {
            cases.add(argMax(inputs, 500, threads));
        }
        return cases;
    }

    private static CorpusCase treeSum(Inputs inputs, int n, int threads) {
        float[] in = inputs.floats(n, -1, 1);
        int blocks = Math.ceilDiv(n, threads);
        float[] expected = new float[blocks];
        for (int block = 0; block < blocks; block++) {
            float[] sums = Arrays.copyOfRange(Arrays.copyOf(in, blocks * threads), block * threads, (block + 1) * threads);
            for (int half = threads / 2; half > 0; half /= 2) {
                for (int i = 0; i < half; i++) {
                    sums[i] += sums[i + half];
                }
            }
            expected[block] = sums[0];
        }
        return new CorpusCase(SOURCE, "treeSum", "n=" + n + " threads=" + threads,
            new LaunchGeometry(new Dimensions(blocks), new Dimensions(threads), 4 * threads), value(n), input(in), output(expected));
    }

    private static CorpusCase shuffleSum(Inputs inputs, int n, int blocks, int threads) {
        float[] in = inputs.floats(n, -1, 1);
        float[] expected = new float[blocks];
        for (int block = 0; block < blocks; block++) {
            float[] warps = new float[32];
            for (int warp = 0; warp < threads / 32; warp++) {
                float[] lanes = new float[32];
                for (int lane = 0; lane < 32; lane++) {
                    for (int i = block * threads + warp * 32 + lane; i < n; i += blocks * threads) {
                        lanes[lane] += in[i];
                    }
                }
                warps[warp] = butterfly(lanes);
            }
            expected[block] = butterfly(warps);
        }
        return new CorpusCase(SOURCE, "shuffleSum", "n=" + n + " " + blocks + "x" + threads, new LaunchGeometry(blocks, threads),
            value(n), input(in), output(expected));
    }

    private static float butterfly(float[] lanes) {
        float[] sums = lanes;
        for (int distance = 16; distance > 0; distance /= 2) {
            float[] next = new float[32];
            for (int lane = 0; lane < 32; lane++) {
                next[lane] = sums[lane] + sums[lane ^ distance];
            }
            sums = next;
        }
        return sums[0];
    }

    private static CorpusCase redux(Inputs inputs) {
        int[] in = inputs.ints(128);
        List<IntBinaryOperator> operators = List.of(Integer::sum, Math::min, Math::max,
            (a, b) -> Integer.compareUnsigned(a, b) < 0 ? a : b, (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b, (a, b) -> a & b,
            (a, b) -> a | b, (a, b) -> a ^ b);
        int[] expected = IntStream.range(0, 4 * 8).map(i -> {
            int warp = i / 8;
            return Arrays.stream(in, warp * 32, warp * 32 + 32).reduce(operators.get(i % 8)).getAsInt();
        }).toArray();
        return new CorpusCase(SOURCE, "redux", "", new LaunchGeometry(2, 64), input(in), output(expected));
    }

    private static CorpusCase maskedRedux(Inputs inputs) {
        int[] in = inputs.ints(32);
        int sum = IntStream.range(0, 16).map(i -> in[2 * i + 1]).sum();
        int max = IntStream.range(0, 16).map(i -> in[2 * i]).max().getAsInt();
        int[] expected = IntStream.range(0, 32).map(i -> i % 2 == 1 ? sum : max).toArray();
        return new CorpusCase(SOURCE, "maskedRedux", "", new LaunchGeometry(1, 32), input(in), output(expected));
    }

    private static CorpusCase counted(Inputs inputs, int threads, int limit) {
        int[] in = inputs.ints(2 * threads);
        int[] expected = new int[6];
        for (int block = 0; block < 2; block++) {
            int count = (int) Arrays.stream(in, block * threads, (block + 1) * threads).filter(v -> v > limit).count();
            expected[3 * block] = count;
            expected[3 * block + 1] = count == threads ? 1 : 0;
            expected[3 * block + 2] = count > 0 ? 1 : 0;
        }
        return new CorpusCase(SOURCE, "counted", "threads=" + threads, new LaunchGeometry(2, threads), value(limit), input(in),
            output(expected));
    }

    private static CorpusCase argMax(Inputs inputs, int n, int threads) {
        int[] in = inputs.ints(n, 0, 40);
        int best = Arrays.stream(in).max().getAsInt();
        int place = IntStream.range(0, n).filter(i -> in[i] == best).findFirst().getAsInt();
        return new CorpusCase(SOURCE, "argMax", "threads=" + threads, new LaunchGeometry(1, threads), value(n), input(in),
            output(new int[] {best, place}));
    }

    private static CorpusCase lastBlockSum(Inputs inputs, int n) {
        int[] in = inputs.ints(n);
        int blocks = Math.ceilDiv(n, 64);
        int[] partials = IntStream.range(0, blocks)
            .map(block -> Arrays.stream(in, block * 64, Math.min(n, block * 64 + 64)).sum()).toArray();
        return new CorpusCase(SOURCE, "lastBlockSum", "n=" + n, new LaunchGeometry(blocks, 64), value(n), input(in), output(partials),
            output(new int[] {Arrays.stream(in).sum()})).withGlobals(Argument.global("arrived", new int[1]));
    }
}
