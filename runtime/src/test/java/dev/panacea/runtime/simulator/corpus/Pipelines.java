package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

final class Pipelines {
    private static final String SOURCE = "pipeline";

    private Pipelines() { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>();
        for (String kernel : List.of("twoStages", "threeStages", "fourStages")) {
            for (int rows : new int[] {1, 2, 9}) {
                cases.add(staged(inputs, kernel, rows));
            }
        }
        for (int n : new int[] {1, 102, 256}) {
            int[] in = inputs.ints(n);
            int[] expected = IntStream.range(0, 256).map(i -> 255 - i < n ? in[255 - i] : 0).toArray();
            cases.add(new CorpusCase(SOURCE, "zeroFilled", "n=" + n, new LaunchGeometry(1, 64), value(n), input(in), output(expected)));
        }
        cases.add(smallPieces(inputs.ints(256)));
        int[] in = inputs.ints(256);
        cases.add(new CorpusCase(SOURCE, "twoGroups", "", new LaunchGeometry(1, 32), input(in),
            output(IntStream.range(0, 32).map(i -> in[127 - 4 * i] - in[128 + 124 - 4 * i]).toArray())));
        return cases;
    }

    private static CorpusCase staged(Inputs inputs, String kernel, int rows) {
        int[] in = inputs.ints(512 * rows);
        int[] expected = new int[512];
        for (int column = 0; column < 512; column++) {
            int mirrored = 508 - column / 4 * 4 + column % 4;
            for (int row = 0; row < rows; row++) {
                expected[column] = expected[column] * 3 + in[row * 512 + mirrored];
            }
        }
        return new CorpusCase(SOURCE, kernel, "rows=" + rows, new LaunchGeometry(1, 128), value(rows), input(in), output(expected));
    }

    private static CorpusCase smallPieces(int[] in) {
        int[] buffer = IntStream.range(0, 256).map(i -> i >= 192 && i % 2 == 0 ? 0 : in[i]).toArray();
        return new CorpusCase(SOURCE, "smallPieces", "", new LaunchGeometry(1, 64), input(in),
            output(IntStream.range(0, 256).map(i -> buffer[i ^ 3]).toArray()));
    }
}
