package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.List;

final class Divergence {
    private static final String SOURCE = "divergence";
    private static final int N = 150;
    private static final LaunchGeometry GEOMETRY = new LaunchGeometry(3, 64);

    private Divergence() { }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(collatz(inputs.ints(N, 1, 100_000)), machine(inputs, 12), machine(inputs, 40), nested(inputs.ints(N)),
            earlyReturn(inputs.ints(256), 1), earlyReturn(inputs.ints(256), 100), earlyReturn(inputs.ints(256), 256),
            meetings(inputs.ints(96)), conditions(inputs.ints(N)));
    }

    private static CorpusCase collatz(int[] in) {
        int[] steps = new int[N];
        long[] peaks = new long[N];
        for (int i = 0; i < N; i++) {
            long v = in[i];
            peaks[i] = v;
            while (v != 1) {
                v = v % 2 == 1 ? 3 * v + 1 : v / 2;
                peaks[i] = Math.max(peaks[i], v);
                steps[i]++;
            }
        }
        return new CorpusCase(SOURCE, "collatz", "", GEOMETRY, value(N), input(in), output(steps), output(peaks));
    }

    private static CorpusCase machine(Inputs inputs, int length) {
        byte[] programs = new byte[N * length];
        inputs.random().nextBytes(programs);
        int[] expected = new int[N];
        for (int i = 0; i < N; i++) {
            expected[i] = execute(i, Arrays.copyOfRange(programs, i * length, (i + 1) * length));
        }
        return new CorpusCase(SOURCE, "machine", "length=" + length, GEOMETRY, value(N), value(length), input(programs),
            output(expected));
    }

    private static int execute(int thread, byte[] program) {
        int a = thread;
        int b = 1;
        int at = 0;
        for (int step = 0; step < 200 && at < program.length; step++) {
            int operation = program[at++] & 0xff;
            switch (operation & 15) {
                case 0 -> a += b;
                case 1 -> a -= b;
                case 2 -> b = a ^ operation;
                case 3 -> {
                    a *= 3;
                    b += 5;
                }
                case 4 -> b += 5;
                case 5 -> a = (a & 1) != 0 ? a : a >> 1;
                case 6 -> at = (operation >> 4) % program.length;
                case 7 -> a = inner(a, b & 7);
                case 8 -> {
                    return a - b;
                }
                case 9 -> a = Integer.bitCount(a) + b;
                case 10 -> {
                    int old = a;
                    a = b;
                    b = old;
                }
                case 11 -> at = program.length;
                case 12 -> a = Math.min(a, b);
                default -> b = ~b;
            }
        }
        return a + b * 7;
    }

    private static int inner(int start, int count) {
        int a = start;
        for (int k = 0; k < count; k++) {
            a = a * 5 + k;
            if (a % 11 == 3) {
                break;
            }
        }
        return a;
    }

    private static CorpusCase nested(int[] in) {
        int[] expected = Arrays.stream(in).map(Divergence::nested).toArray();
        return new CorpusCase(SOURCE, "nested", "", GEOMETRY, value(N), input(in), output(expected));
    }

    private static int nested(int seed) {
        int count = 0;
        int state = seed;
        for (int x = 0; x < 6; x++) {
            boolean skipped = false;
            for (int y = 0; y < 6 && !skipped; y++) {
                state = state * 1664525 + 1013904223;
                if (state >>> 28 == 0) {
                    break;
                }
                for (int z = 0; z < 6; z++) {
                    state = state * 1664525 + 1013904223;
                    count++;
                    if (state >>> 29 == 1) {
                        break;
                    }
                    if (state >>> 29 == 2) {
                        continue;
                    }
                    if (state >>> 26 == 63) {
                        return -count;
                    }
                    count += 100;
                }
                skipped = state >>> 30 == 3;
            }
            count += skipped ? 0 : 10000;
            state ^= count;
        }
        return count;
    }

    private static CorpusCase earlyReturn(int[] in, int limit) {
        int[] expected = new int[limit];
        Arrays.setAll(expected, i -> in[limit - 1 - i]);
        return new CorpusCase(SOURCE, "earlyReturn", "limit=" + limit, new LaunchGeometry(1, 256), value(limit), input(in),
            output(expected));
    }

    private static CorpusCase meetings(int[] in) {
        int[] values = in.clone();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < values.length; i++) {
                int lane = i % 32;
                for (int k = 0; k < ((lane * 7 + round) & 15); k++) {
                    values[i] = values[i] * 31 + k;
                }
                if ((values[i] & 4) != 0) {
                    values[i] += lane;
                } else if ((values[i] & 2) != 0) {
                    values[i] -= round;
                } else {
                    values[i] ^= 0x55;
                }
            }
            int[] met = values.clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = met[i] + met[i ^ (1 << round)];
            }
        }
        return new CorpusCase(SOURCE, "meetings", "", new LaunchGeometry(1, 96), input(in), output(values));
    }

    private static CorpusCase conditions(int[] in) {
        int[] small = Arrays.stream(in).map(v -> v % 3 == 0 ? v & 0xff : v).toArray();
        int[] expected = Arrays.stream(small).map(Divergence::condition).toArray();
        return new CorpusCase(SOURCE, "conditions", "", GEOMETRY, value(N), input(small), updated(new int[N], expected));
    }

    private static int condition(int in) {
        int hits = 0;
        boolean holds;
        if ((in & 1) != 0) {
            hits++;
            if ((in & 2) != 0) {
                hits++;
                holds = true;
            } else {
                holds = (in & 4) != 0;
                hits += holds ? 1 : 0;
            }
        } else {
            holds = (in & 4) != 0;
            hits += holds ? 1 : 0;
        }
        hits += holds || in < 0 ? 10 : 0;
        int a = in;
        do {
            hits += 100;
            a /= 16;
        } while (a != 0 && hits < 700);
        return a == 0 ? hits : a < 0 ? -hits : hits * 3;
    }
}
