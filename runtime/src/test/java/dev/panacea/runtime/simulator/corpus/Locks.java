package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.List;

final class Locks {
    private static final String SOURCE = "locks";

    private Locks() { }

    static List<CorpusCase> cases(Inputs inputs) {
        int rounds = 5;
        int blocks = 7;
        int sum = rounds * blocks * (blocks + 1) / 2;
        return List.of(
            new CorpusCase(SOURCE, "guarded", "", new LaunchGeometry(blocks, 32), value(rounds), updated(new int[1], new int[1]),
                updated(new int[1], new int[] {sum})),
            new CorpusCase(SOURCE, "perLane", "", new LaunchGeometry(3, 32), updated(new int[1], new int[1]),
                updated(new int[1], new int[] {3 * 32 * 33 / 2})),
            chain(9), mailbox(inputs, 1, 2), mailbox(inputs, 40, 4));
    }

    private static CorpusCase chain(int blocks) {
        int[] flags = new int[blocks];
        Arrays.fill(flags, 1);
        int[] values = new int[blocks];
        Arrays.setAll(values, i -> (1 << (i + 1)) - 1);
        return new CorpusCase(SOURCE, "chain", "", new LaunchGeometry(blocks, 32), updated(new int[1], new int[] {blocks}),
            updated(new int[blocks], flags), output(values));
    }

    private static CorpusCase mailbox(Inputs inputs, int lines, int warps) {
        int[] in = inputs.ints(32 * lines);
        int[] expected = new int[32 * (warps - 1)];
        for (int i = 0; i < expected.length; i++) {
            for (int line = 0; line < lines; line++) {
                expected[i] += in[line * 32 + i % 32] * 3 * (line + i / 32 + 1);
            }
        }
        return new CorpusCase(SOURCE, "mailbox", "lines=" + lines, new LaunchGeometry(1, 32 * warps), value(lines), input(in),
            output(expected));
    }
}
