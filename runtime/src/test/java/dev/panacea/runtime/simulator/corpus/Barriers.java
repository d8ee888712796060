package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

final class Barriers {
    private static final String SOURCE = "barriers";

    private Barriers() { }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(produced(inputs, 1), produced(inputs, 2), produced(inputs, 17), pairs(inputs.ints(256)),
            reducing(inputs.ints(128)), unaligned(inputs.ints(64)), warpOnly(inputs.ints(128)));
    }

    private static CorpusCase produced(Inputs inputs, int tiles) {
        int[] in = inputs.ints(96 * tiles);
        int[] expected = new int[96];
        for (int i = 0; i < 96; i++) {
            for (int tile = 0; tile < tiles; tile++) {
                expected[i] = expected[i] * 3 + in[tile * 96 + 95 - i];
            }
        }
        return new CorpusCase(SOURCE, "produced", "tiles=" + tiles, new LaunchGeometry(1, 128), value(tiles), input(in),
            output(expected));
    }

    private static CorpusCase pairs(int[] in) {
        int rounds = 4;
        int[] values = in.clone();
        for (int pair = 0; pair < 4; pair++) {
            for (int round = 0; round < rounds * (pair + 1); round++) {
                int[] old = values.clone();
                for (int within = 0; within < 64; within++) {
                    values[pair * 64 + within] += old[pair * 64 + (within + 1) % 64];
                }
            }
        }
        int[] expected = IntStream.range(0, 256).map(i -> values[255 - i]).toArray();
        return new CorpusCase(SOURCE, "pairs", "", new LaunchGeometry(1, 256), value(rounds), input(in), output(expected));
    }

    private static CorpusCase reducing(int[] in) {
        for (int i = 64; i < 128; i++) {
            in[i] |= 1;
        }
        int[] expected = new int[128];
        for (int half = 0; half < 2; half++) {
            int count = Arrays.stream(in, half * 64, half * 64 + 64).map(v -> v & 1).sum();
            Arrays.fill(expected, half * 64, half * 64 + 64, count * 4 + (count == 64 ? 2 : 0) + (count > 0 ? 1 : 0));
        }
        return new CorpusCase(SOURCE, "reducing", "", new LaunchGeometry(1, 128), input(in), output(expected));
    }

    private static CorpusCase unaligned(int[] in) {
        int[] values = IntStream.range(0, 64).map(i -> i % 2 == 1 ? in[i] * 2 : in[i] + 7).toArray();
        return new CorpusCase(SOURCE, "unaligned", "", new LaunchGeometry(1, 64), input(in),
            output(IntStream.range(0, 64).map(i -> values[63 - i]).toArray()));
    }

    private static CorpusCase warpOnly(int[] in) {
        int[] expected = IntStream.range(0, 128).map(i -> Arrays.stream(in, i / 32 * 32, i / 32 * 32 + 32).sum()).toArray();
        return new CorpusCase(SOURCE, "warpOnly", "", new LaunchGeometry(1, 128), input(in), output(expected));
    }
}
