package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.global;
import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.segment;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.List;
import java.util.stream.IntStream;

final class Spaces {
    private static final String SOURCE = "spaces";
    private static final int[] TABLE = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};

    private Spaces() { }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(polynomial(inputs), lookedUp(inputs.ints(96)), variables(), byValue(inputs), byAddress(), parameters(),
            bigShared(inputs, 1000), bigShared(inputs, 23 * 1024));
    }

    private static CorpusCase polynomial(Inputs inputs) {
        float[] coefficients = inputs.floats(8, -1, 1);
        float[] x = inputs.floats(70, -2, 2);
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = coefficients[7];
            for (int k = 6; k >= 0; k--) {
                y[i] = Math.fma(y[i], x[i], coefficients[k]);
            }
        }
        return new CorpusCase(SOURCE, "polynomial", "", new LaunchGeometry(3, 32), value(x.length), input(x), output(y))
            .withGlobals(global("coefficients", coefficients));
    }

    private static CorpusCase lookedUp(int[] in) {
        int[] narrow = {-1, 2, -3, 4, -5};
        int[] expected = IntStream.range(0, in.length)
            .map(i -> TABLE[in[i] & 15] * 100 + narrow[i % 5] + "panacea".charAt(i % 7)).toArray();
        return new CorpusCase(SOURCE, "lookedUp", "", new LaunchGeometry(1, in.length), input(in), output(expected));
    }

    // The counters keep what the module's text gave them, but for what the kernel changes; the host's write to the scale comes first.
    private static CorpusCase variables() {
        var scale = new Argument.Memory("scale", segment(new double[] {0.5}), Expectation.exact(new double[] {8}));
        return new CorpusCase(SOURCE, "variables", "", new LaunchGeometry(1, 32), output(new double[] {5, 35 + 20})).withGlobals(scale);
    }

    private static CorpusCase byValue(Inputs inputs) {
        int[] in = inputs.ints(50, -1000, 1000);
        int[] expected = IntStream.range(0, in.length).map(i -> (int) (in[i] * 0.5f + 0.25) + (i % 2 == 0 ? 7 : -9)).toArray();
        return new CorpusCase(SOURCE, "byValue", "", new LaunchGeometry(1, 64), input(in), output(expected), value(in.length),
            value(0.5f), value(0.25), value(7L), value(-9L));
    }

    private static CorpusCase byAddress() {
        int[] expected = IntStream.range(0, 32).map(i -> new int[] {4, 3, 2, 1}[i & 3]).toArray();
        return new CorpusCase(SOURCE, "byAddress", "", new LaunchGeometry(1, 32), output(expected), input(new int[1]),
            input(new int[1]), value(0), value(0f), value(0.0), value(3L << 32 | 4), value(1L << 32 | 2));
    }

    private static CorpusCase parameters() {
        return new CorpusCase(SOURCE, "parameters", "", new LaunchGeometry(1, 1), value(-7), value(1.5), value(0.25f),
            value(1L << 40), value(9), input(new int[] {3}), output(new double[] {-7, 1.5, 0.25, 1L << 40, 9, 3}));
    }

    private static CorpusCase bigShared(Inputs inputs, int words) {
        int[] in = inputs.ints(words);
        int[] expected = new int[32];
        for (int i = 0; i < words; i++) {
            expected[i % 32] += in[words - 1 - i] ^ i;
        }
        return new CorpusCase(SOURCE, "bigShared", "words=" + words,
            new LaunchGeometry(new Dimensions(1), new Dimensions(128), 4 * words), value(words), input(in), output(expected));
    }
}
