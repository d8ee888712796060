package dev.panacea.bench.kernel;

import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The adapted gate projection of one layer over a step's tokens, in each of its ways. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class SvdLoraBenchmark {
    private static final int RANK = 10;

    @Param({"F32", "BF16"})
    private DType dtype;

    private SvdLoraLinear kernel;
    private SvdLoraLinear.Shape shape;
    private Buffer x;
    private Buffer weight;
    private Buffer left;
    private Buffer right;
    private Buffer diagonal;
    private Buffer projected;
    private Buffer y;
    private Buffer dx;
    private Buffer dLeft;
    private Buffer dRight;
    private Buffer dDiagonal;

    @Setup
    public void prepare(KernelState state) {
        int inputs = state.shape().config().hiddenSize();
        int outputs = state.shape().config().intermediateSize();
        long rows = state.rows();
        kernel = state.kernels().svdLoraLinear();
        shape = new SvdLoraLinear.Shape(state.rows(), inputs, outputs, RANK, 1);
        x = state.floats(rows * inputs);
        weight = state.matrix(dtype, (long) outputs * inputs);
        left = state.floats((long) outputs * RANK);
        right = state.floats((long) inputs * RANK);
        diagonal = state.floats(RANK);
        projected = state.floats(rows * RANK);
        y = state.floats(rows * outputs);
        dx = state.floats(rows * inputs);
        dLeft = state.floats((long) outputs * RANK);
        dRight = state.floats((long) inputs * RANK);
        dDiagonal = state.floats(RANK);
    }

    @Benchmark
    public void unmerged() {
        forward(SvdLoraLinear.Path.UNMERGED);
    }

    @Benchmark
    public void augmented() {
        forward(SvdLoraLinear.Path.AUGMENTED);
    }

    @Benchmark
    public void merged() {
        forward(SvdLoraLinear.Path.MERGED);
    }

    private void forward(SvdLoraLinear.Path path) {
        kernel.forward(shape, path, x, weight, left, right, diagonal, null, projected, y);
    }

    @Benchmark
    public void backward() {
        kernel.backward(shape, y, x, weight, left, right, diagonal, null, projected, dx, false, dLeft, dRight, dDiagonal);
    }
}
