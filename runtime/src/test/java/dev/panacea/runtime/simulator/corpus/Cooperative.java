package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

final class Cooperative {
    private static final String SOURCE = "cooperative";

    private Cooperative() { }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(gridSum(inputs, 1, 1, 32), gridSum(inputs, 1000, 5, 96), ring(inputs, 1, 4, 64), ring(inputs, 700, 6, 32),
            tiles(inputs.ints(96)), gathered(inputs.ints(96, -50, 50)));
    }

    private static CorpusCase gridSum(Inputs inputs, int n, int blocks, int threads) {
        int[] in = inputs.ints(n);
        int[] partials = new int[blocks];
        for (int i = 0; i < n; i++) {
            partials[i / threads % blocks] += in[i];
        }
        int total = Arrays.stream(in).sum();
        return new CorpusCase(SOURCE, "gridSum", "n=" + n, new LaunchGeometry(blocks, threads).cooperatively(), value(n), input(in),
            output(partials), output(new int[] {total}), output(Arrays.stream(in).map(v -> v - total).toArray()));
    }

    private static CorpusCase ring(Inputs inputs, int n, int blocks, int threads) {
        int steps = 7;
        int[] start = inputs.ints(n);
        int[] from = start;
        int[] before = start;
        for (int step = 0; step < steps; step++) {
            int[] now = from;
            before = from;
            from = IntStream.range(0, n).map(i -> now[(i + n - 1) % n] + now[(i + 1) % n]).toArray();
        }
        return new CorpusCase(SOURCE, "ring", "n=" + n, new LaunchGeometry(blocks, threads).cooperatively(), value(n), value(steps),
            updated(start, before), output(from));
    }

    private static CorpusCase tiles(int[] in) {
        int n = in.length;
        int[] expected = new int[6 * n];
        for (int k = 0; k < 6; k++) {
            int size = 1 << k;
            for (int i = 0; i < n; i++) {
                int first = i / size * size;
                int sum = Arrays.stream(in, first, first + size).sum();
                int greatest = Arrays.stream(in, first, first + size).max().getAsInt();
                int before = Arrays.stream(in, first, i).sum();
                int ballot = IntStream.range(0, size).map(lane -> (in[first + lane] & 1) << lane).sum();
                expected[k * n + i] = sum ^ greatest * 3 ^ before * 5 ^ (before + in[i]) * 7 ^ i / size * 11 ^ ballot * 13;
            }
        }
        return new CorpusCase(SOURCE, "tiles", "", new LaunchGeometry(1, n), value(n), input(in), output(expected));
    }

    private static CorpusCase gathered(int[] in) {
        int[] expected = new int[in.length];
        int[] labelled = new int[in.length];
        for (int i = 0; i < in.length; i++) {
            int first = i / 32 * 32;
            int[] odd = IntStream.range(first, first + 32).filter(j -> (in[j] & 1) == 1).toArray();
            int rank = (int) IntStream.range(first, i).filter(j -> (in[j] & 1) == 1).count();
            expected[i] = (in[i] & 1) == 1 ? Arrays.stream(odd).map(j -> in[j]).sum() + 1000 * rank + 100000 * odd.length : -1;
            int label = in[i] & 3;
            int[] peers = IntStream.range(first, first + 32).filter(j -> (in[j] & 3) == label).toArray();
            labelled[i] = in[peers[0]] + peers.length;
        }
        return new CorpusCase(SOURCE, "gathered", "", new LaunchGeometry(1, in.length), input(in), output(expected), output(labelled));
    }
}
