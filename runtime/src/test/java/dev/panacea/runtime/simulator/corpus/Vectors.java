package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

final class Vectors {
    private static final String SOURCE = "vectors";

    private Vectors() { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>(List.of(widths(inputs), hints(inputs.ints(320)), records(inputs)));
        for (int[] offsets : new int[][] {{0, 0}, {3, 3}, {1, 6}, {15, 7}}) {
            for (int count : new int[] {0, 1, 15, 200}) {
                cases.add(bytes(inputs, count, offsets[0], offsets[1]));
            }
        }
        return cases;
    }

    private static CorpusCase widths(Inputs inputs) {
        int n = 80;
        byte[] bytes = new byte[4 * n];
        inputs.random().nextBytes(bytes);
        short[] shorts = new short[4 * n];
        for (int i = 0; i < shorts.length; i++) {
            shorts[i] = (short) inputs.random().nextInt();
        }
        int[] pairs = inputs.ints(2 * n);
        int[] quads = inputs.ints(4 * n);
        long[] longs = inputs.longs(2 * n);
        double[] doubles = inputs.doubles(2 * n, -9, 9);
        byte[] outBytes = new byte[4 * n];
        short[] outShorts = new short[4 * n];
        int[] outPairs = new int[2 * n];
        int[] outQuads = new int[4 * n];
        long[] outLongs = new long[2 * n];
        double[] outDoubles = new double[2 * n];
        for (int i = 0; i < n; i++) {
            outBytes[4 * i] = bytes[4 * i + 3];
            outBytes[4 * i + 1] = (byte) (bytes[4 * i + 2] + 1);
            outBytes[4 * i + 2] = bytes[4 * i + 1];
            outBytes[4 * i + 3] = (byte) (bytes[4 * i] ^ 0x80);
            outShorts[4 * i] = shorts[4 * i + 1];
            outShorts[4 * i + 1] = shorts[4 * i];
            outShorts[4 * i + 2] = (short) (shorts[4 * i + 3] * 2);
            outShorts[4 * i + 3] = (short) -shorts[4 * i + 2];
            outPairs[2 * i] = pairs[2 * i + 1] - pairs[2 * i];
            outPairs[2 * i + 1] = pairs[2 * i];
            outQuads[4 * i] = quads[4 * i + 3];
            outQuads[4 * i + 1] = quads[4 * i];
            outQuads[4 * i + 2] = quads[4 * i + 1] >>> 1;
            outQuads[4 * i + 3] = quads[4 * i + 2];
            outLongs[2 * i] = longs[2 * i + 1];
            outLongs[2 * i + 1] = longs[2 * i] * 3;
            outDoubles[2 * i] = doubles[2 * i + 1] * 2;
            outDoubles[2 * i + 1] = -doubles[2 * i];
        }
        return new CorpusCase(SOURCE, "widths", "", new LaunchGeometry(2, 40), input(bytes), input(shorts), input(pairs), input(quads),
            input(longs), input(doubles), output(outBytes), output(outShorts), output(outPairs), output(outQuads), output(outLongs),
            output(outDoubles));
    }

    private static CorpusCase hints(int[] in) {
        int[] expected = new int[448];
        for (int i = 0; i < 64; i++) {
            for (int k = 0; k < 4; k++) {
                expected[64 * k + i] = in[64 * k + i] + k + 1;
            }
            expected[256 + i] = in[256 + i] + in[i];
            expected[320 + 2 * i] = in[2 * i + 1];
            expected[320 + 2 * i + 1] = in[2 * i];
        }
        return new CorpusCase(SOURCE, "hints", "", new LaunchGeometry(1, 64), input(in), output(expected));
    }

    private static CorpusCase bytes(Inputs inputs, int count, int fromOffset, int toOffset) {
        byte[] from = new byte[fromOffset + count];
        byte[] to = new byte[toOffset + count + 9];
        inputs.random().nextBytes(from);
        inputs.random().nextBytes(to);
        byte[] expected = to.clone();
        System.arraycopy(from, fromOffset, expected, toOffset, count);
        return new CorpusCase(SOURCE, "bytes", "count=" + count + " from " + fromOffset + " to " + toOffset, new LaunchGeometry(1, 32),
            value(count), value(fromOffset), value(toOffset), input(from), updated(to, expected));
    }

    private static CorpusCase records(Inputs inputs) {
        int n = 50;
        ByteBuffer in = ByteBuffer.allocate(16 * n).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = ByteBuffer.allocate(16 * n).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            double weight = inputs.random().nextDouble(-5, 5);
            int key = inputs.random().nextInt();
            short tag = (short) inputs.random().nextInt();
            byte small = (byte) inputs.random().nextInt();
            boolean flag = inputs.random().nextBoolean();
            in.putDouble(weight).putInt(key).putShort(tag).put(small).put((byte) (flag ? 1 : 0));
            out.position(16 * (n - 1 - i)).putDouble(weight * (flag ? 2.0 : 0.5)).putInt(key + small).putShort((short) (tag >> 1))
                .put((byte) -small).put((byte) (flag ? 0 : 1));
        }
        return new CorpusCase(SOURCE, "records", "", new LaunchGeometry(1, 64), value(n), input(in.array()), output(out.array()));
    }
}
