package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Kernels written in PTX by hand: they need no compiler, and have forms that no compiler gives. */
final class Written {
    private static final int N = 50;
    private static final int[] PRIMES = {2, 3, 5, 7, 11, 13, 17, 19};
    private static final int[] GRID = {1, -2, 3, -4, 5, -6};

    private Written() { }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(each(inputs, "written_control", "branches", Written::branches),
            each(inputs, "written_control", "predicates", Written::predicates),
            each(inputs, "written_control", "middle", Written::middle), packs(inputs.ints(2 * N)),
            each(inputs, "written_data", "initialised",
                v -> PRIMES[v & 7] * 5 + GRID[Integer.remainderUnsigned(v, 6)] + GRID[5] + (int) (1.5f - 3.5f)),
            each(inputs, "written_data", "narrowed",
                v -> (((byte) (v >> 8) + (short) v) * 31 + (v >> 16 & 0xff)) * 31 + (byte) v),
            each(inputs, "written_calls", "divisors", v -> (v & 1) == 1 ? gcd(v, 360360) : v),
            each(inputs, "written_calls", "chosen", v -> v - ((v & 2) == 0 ? 3 * v : -v)), together(inputs.ints(64)));
    }

    private static CorpusCase each(Inputs inputs, String source, String kernel, IntUnaryOperator function) {
        int[] in = inputs.ints(N);
        return new CorpusCase(source, kernel, "", new LaunchGeometry(1, 64), input(in), output(Arrays.stream(in).map(function).toArray()),
            value(N));
    }

    private static int branches(int v) {
        return switch (v & 3) {
            case 0 -> v + 1000;
            case 1 -> v * -3;
            case 2 -> ~v;
            default -> v >> 2;
        };
    }

    private static int predicates(int a) {
        int b = a ^ 0x5a5a5a5a;
        boolean odd = (a & 1) != 0;
        if (!odd) {
            return 5;
        }
        int d = a < b ? a : b + 7;
        if (Integer.compareUnsigned(a, b) < 0) {
            d = ~d;
        }
        return a >= 0 ? d : b;
    }

    private static int middle(int start) {
        int value = start;
        int count = 1;
        while (count < 300 && (value & 0xff) != 0x11) {
            value = value * 1664525 + 1013904223;
            count++;
        }
        return count;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, Integer.remainderUnsigned(a, b));
    }

    private static CorpusCase packs(int[] in) {
        int[] expected = IntStream.range(0, in.length)
            .map(i -> i % 2 == 0 ? Integer.rotateLeft(in[i + 1], 16) ^ in[i] : 2 * in[i]).toArray();
        return new CorpusCase("written_data", "packs", "", new LaunchGeometry(1, 64), input(in), output(expected), value(N));
    }

    private static CorpusCase together(int[] in) {
        int sum = Arrays.stream(in).sum();
        int max = Arrays.stream(in).reduce(0, (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b);
        int odd = Arrays.stream(in).map(v -> v & 1).sum();
        int[] expected = IntStream.range(0, 64).map(i -> {
            int first = i / 32 * 32;
            int ballot = IntStream.range(0, 32).map(lane -> (in[first + lane] & 1) << lane).sum();
            int[] parts = {100 + 64, odd, odd == 0 ? 1 : 0, odd > 0 ? 2 : 0, 4, ballot, in[i ^ 1], in[first],
                (in[i] & 1) == 1 ? ballot : ~ballot, Arrays.stream(in, first, first + 32).sum(), -1};
            return Arrays.stream(parts).reduce(sum ^ max, (a, b) -> a * 31 + b);
        }).toArray();
        return new CorpusCase("written_threads", "together", "", new LaunchGeometry(1, 64), input(in), output(expected), value(64));
    }
}
