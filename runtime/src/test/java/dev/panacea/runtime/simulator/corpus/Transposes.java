package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.ArrayList;
import java.util.List;

final class Transposes {
    private static final String SOURCE = "transpose";

    private Transposes() { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>();
        for (int[] extents : new int[][] {{1, 1}, {32, 32}, {33, 65}, {100, 7}}) {
            for (String kernel : List.of("naive", "tiled", "padded")) {
                cases.add(words(inputs, kernel, extents[0], extents[1]));
            }
        }
        cases.add(bytes(inputs, 4, 4));
        cases.add(bytes(inputs, 36, 68));
        return cases;
    }

    private static CorpusCase words(Inputs inputs, String kernel, int rows, int columns) {
        int[] in = inputs.ints(rows * columns);
        int[] expected = new int[in.length];
        for (int i = 0; i < in.length; i++) {
            expected[i % columns * rows + i / columns] = in[i];
        }
        Dimensions grid = new Dimensions(Math.ceilDiv(columns, 32), Math.ceilDiv(rows, kernel.equals("naive") ? 8 : 32));
        return new CorpusCase(SOURCE, kernel, rows + "x" + columns, new LaunchGeometry(grid, new Dimensions(32, 8), 0), value(rows),
            value(columns), input(in), output(expected));
    }

    private static CorpusCase bytes(Inputs inputs, int rows, int columns) {
        byte[] in = new byte[rows * columns];
        inputs.random().nextBytes(in);
        byte[] expected = new byte[in.length];
        for (int i = 0; i < in.length; i++) {
            expected[i % columns * rows + i / columns] = in[i];
        }
        Dimensions grid = new Dimensions(Math.ceilDiv(columns, 64), Math.ceilDiv(rows, 16));
        return new CorpusCase(SOURCE, "bytes", rows + "x" + columns, new LaunchGeometry(grid, new Dimensions(16, 4), 0), value(rows),
            value(columns), input(in), output(expected));
    }
}
