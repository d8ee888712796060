package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.List;

final class Printing {
    private static final String SOURCE = "printing";

    private Printing() { }

    static List<CorpusCase> cases(Inputs inputs) {
        int n = 40;
        int[] in = inputs.ints(n, 0, 1000);
        int[] printed = Arrays.copyOf(Arrays.stream(in).map(v -> v * 2).toArray(), n + 2);
        printed[n] = 1;
        printed[n + 1] = 1;
        return List.of(new CorpusCase(SOURCE, "printed", "", new LaunchGeometry(1, 64), value(n), input(in), output(printed)),
            new CorpusCase(SOURCE, "asserted", "", new LaunchGeometry(1, 64), value(n), input(in),
                output(Arrays.stream(in).map(v -> v + 1).toArray())));
    }
}
