package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.scratch;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.ArrayList;
import java.util.List;

final class Scans {
    private static final String SOURCE = "scan";

    private Scans() { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 33, 128, 1000}) {
            int threads = Math.min(1024, Math.max(32, Integer.highestOneBit(2 * n - 1)));
            int[] in = inputs.ints(n);
            cases.add(new CorpusCase(SOURCE, "hillisSteele", "n=" + n, new LaunchGeometry(1, threads), value(n), input(in),
                output(inclusive(in, n))));
            int pairs = Math.max(1, Integer.highestOneBit(n - 1));
            cases.add(new CorpusCase(SOURCE, "blelloch", "n=" + n,
                new LaunchGeometry(new Dimensions(1), new Dimensions(pairs), 8 * pairs), value(n), input(in), output(exclusive(in))));
        }
        int[] in = inputs.ints(192);
        cases.add(new CorpusCase(SOURCE, "warps", "", new LaunchGeometry(2, 96), input(in), output(inclusive(in, 32))));
        for (int n : new int[] {1, 256, 257, 5000}) {
            cases.add(lookBack(inputs.ints(n)));
        }
        return cases;
    }

    private static CorpusCase lookBack(int[] in) {
        int blocks = Math.ceilDiv(in.length, 256);
        return new CorpusCase(SOURCE, "lookBack", "n=" + in.length, new LaunchGeometry(blocks, 256), value(in.length), input(in),
            output(inclusive(in, in.length)), updated(new int[1], new int[] {blocks}), scratch(new long[blocks]));
    }

    /** Sums that begin anew every {@code period} elements. */
    private static int[] inclusive(int[] in, int period) {
        int[] sums = in.clone();
        for (int i = 1; i < in.length; i++) {
            sums[i] += i % period == 0 ? 0 : sums[i - 1];
        }
        return sums;
    }

    private static int[] exclusive(int[] in) {
        int[] sums = new int[in.length];
        for (int i = 1; i < in.length; i++) {
            sums[i] = sums[i - 1] + in[i - 1];
        }
        return sums;
    }
}
