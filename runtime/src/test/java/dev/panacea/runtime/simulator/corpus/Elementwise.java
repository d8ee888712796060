package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.ArrayList;
import java.util.List;

final class Elementwise {
    private static final String SOURCE = "elementwise";

    private Elementwise() { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 31, 33, 1000}) {
            for (int threads : new int[] {1, 31, 33, 1024}) {
                cases.add(saxpy(inputs, "saxpy", new LaunchGeometry(Math.ceilDiv(n, threads), threads), n));
            }
            cases.add(saxpy(inputs, "saxpyGridStride", new LaunchGeometry(3, 64), n));
            for (int offset = 0; offset < 4; offset++) {
                cases.add(packed(inputs, n, offset));
            }
        }
        for (Dimensions[] extents : new Dimensions[][] {{new Dimensions(1), new Dimensions(1)}, {new Dimensions(3), new Dimensions(31)},
            {new Dimensions(2, 3, 4), new Dimensions(5, 3, 7)}, {new Dimensions(4, 1, 2), new Dimensions(33, 2)},
            {new Dimensions(1, 2), new Dimensions(1024)}, {new Dimensions(2, 2, 3), new Dimensions(1, 1, 33)}}) {
            cases.add(places(extents[0], extents[1]));
        }
        cases.add(stencil(inputs, 16, 8, 8));
        cases.add(stencil(inputs, 21, 5, 11));
        return cases;
    }

    private static CorpusCase saxpy(Inputs inputs, String kernel, LaunchGeometry geometry, int n) {
        float a = inputs.floats(1, -2, 2)[0];
        float[] x = inputs.floats(n, -1, 1);
        float[] y = inputs.floats(n, -1, 1);
        return new CorpusCase(SOURCE, kernel, "n=" + n + " threads=" + geometry.block().x(), geometry, value(n), value(a), input(x),
            updated(y, saxpy(a, x, y, 0, n)));
    }

    private static CorpusCase packed(Inputs inputs, int n, int offset) {
        float a = inputs.floats(1, -2, 2)[0];
        float[] x = inputs.floats(n + 4, -1, 1);
        float[] y = inputs.floats(n + 4, -1, 1);
        return new CorpusCase(SOURCE, "saxpyPacked", "n=" + n + " offset=" + offset, new LaunchGeometry(2, 64), value(n), value(offset),
            value(a), input(x), updated(y, saxpy(a, x, y, offset, n)));
    }

    private static float[] saxpy(float a, float[] x, float[] y, int offset, int n) {
        float[] result = y.clone();
        for (int i = offset; i < offset + n; i++) {
            result[i] = Math.fma(a, x[i], y[i]);
        }
        return result;
    }

    private static CorpusCase places(Dimensions grid, Dimensions block) {
        int width = grid.x() * block.x();
        int height = grid.y() * block.y();
        int[] expected = new int[Math.toIntExact(4 * grid.count() * block.count())];
        for (int i = 0; i < expected.length / 4; i++) {
            int x = i % width;
            int y = i / width % height;
            int z = i / width / height;
            int thread = x % block.x() + block.x() * (y % block.y() + block.y() * (z % block.z()));
            expected[4 * i] = thread;
            expected[4 * i + 1] = x / block.x() + grid.x() * (y / block.y() + grid.y() * (z / block.z()));
            expected[4 * i + 2] = thread % 32;
            expected[4 * i + 3] = block.x() * 10000 + block.y() * 100 + block.z();
        }
        return new CorpusCase(SOURCE, "places", grid + " x " + block, new LaunchGeometry(grid, block, 0), output(expected));
    }

    private static CorpusCase stencil(Inputs inputs, int nx, int ny, int nz) {
        int[] in = inputs.ints(nx * ny * nz);
        int[] expected = new int[in.length];
        int[][] neighbours = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
        for (int i = 0; i < in.length; i++) {
            for (int[] step : neighbours) {
                int x = i % nx + step[0];
                int y = i / nx % ny + step[1];
                int z = i / nx / ny + step[2];
                if (x >= 0 && x < nx && y >= 0 && y < ny && z >= 0 && z < nz) {
                    expected[i] += in[x + nx * (y + ny * z)];
                }
            }
        }
        LaunchGeometry geometry = new LaunchGeometry(new Dimensions(Math.ceilDiv(nx, 8), Math.ceilDiv(ny, 4), Math.ceilDiv(nz, 4)),
            new Dimensions(8, 4, 4), 0);
        return new CorpusCase(SOURCE, "stencil", nx + "x" + ny + "x" + nz, geometry, input(in), output(expected), value(nx), value(ny),
            value(nz));
    }
}
