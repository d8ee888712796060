package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

final class Calls {
    private static final String SOURCE = "calls";

    private Calls() { }

    static List<CorpusCase> cases(Inputs inputs) {
        int[] recursive = IntStream.range(0, 64).map(i -> fibonacci(i % 13) * 1000 + ackermann(i & 1, i % 5)).toArray();
        return List.of(called(inputs.ints(100)),
            new CorpusCase(SOURCE, "recursive", "", new LaunchGeometry(1, 64), output(recursive)), indirect(inputs.ints(100)),
            structs(33), sorted(inputs.ints(24 * 50, -99, 99)), pointers(inputs.ints(40, -999, 999)));
    }

    private static CorpusCase called(int[] in) {
        int[] expected = IntStream.range(0, in.length).map(i -> {
            int v = in[i];
            for (int k = 0; k < (i & 7); k++) {
                v = mix(v, k);
            }
            return mix(v, i % 2 == 1 ? mix(i, 3) : 9);
        }).toArray();
        return new CorpusCase(SOURCE, "called", "", new LaunchGeometry(2, 64), value(in.length), input(in), output(expected));
    }

    private static int mix(int a, int b) {
        return Integer.rotateLeft(a ^ b * 0x9e3779b9, 13) * 5 + 0xe6546b64;
    }

    private static int fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }

    private static int ackermann(int m, int n) {
        if (m == 0) {
            return n + 1;
        }
        return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
    }

    private static CorpusCase indirect(int[] in) {
        int[] expected = IntStream.range(0, in.length).map(i -> switch ((in[i] & 0x7fffffff) % 3) {
            case 0 -> in[i] + i;
            case 1 -> in[i] - i;
            default -> in[i] * i;
        }).toArray();
        return new CorpusCase(SOURCE, "indirect", "", new LaunchGeometry(2, 64), value(in.length), input(in), output(expected));
    }

    private static CorpusCase structs(int n) {
        int[] values = new int[n];
        double[] weights = new double[n];
        float[] vectors = new float[4 * n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
            weights[i] = i * 0.5;
            byte[] tag = {1, (byte) i, -3};
            for (int by = 0; by < 4; by++) {
                values[i] = values[i] * by + tag[by % 3];
                weights[i] = weights[i] / 2 + by;
                tag[by % 3] = (byte) (tag[(by + 1) % 3] + 1);
            }
            for (int k = 0; k < 4; k++) {
                vectors[4 * i + k] = i + k;
            }
        }
        return new CorpusCase(SOURCE, "structs", "", new LaunchGeometry(1, 64), value(n), output(values), output(weights),
            output(vectors));
    }

    private static CorpusCase sorted(int[] in) {
        int[] expected = in.clone();
        for (int i = 0; i < in.length; i += 24) {
            Arrays.sort(expected, i, i + 24);
        }
        return new CorpusCase(SOURCE, "sorted", "", new LaunchGeometry(2, 32), value(in.length / 24), input(in), output(expected));
    }

    private static CorpusCase pointers(int[] in) {
        short[] global = new short[in.length];
        for (int i = 0; i < in.length; i++) {
            global[i] = (short) in[i];
        }
        int[] expected = new int[96];
        for (int i = 0; i < expected.length; i++) {
            for (int k = 0; k < 40; k += 1 + i % 4) {
                expected[i] += switch (i % 3) {
                    case 0 -> i + k * k;
                    case 1 -> 11 + k * k;
                    default -> global[k];
                };
            }
        }
        return new CorpusCase(SOURCE, "pointers", "", new LaunchGeometry(1, 96), input(global), updated(new int[96], expected));
    }
}
