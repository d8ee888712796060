package dev.panacea.bench.kernel;

import dev.panacea.kernels.norm.RmsNorm;
import dev.panacea.runtime.Buffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** RMSNorm behind a residual addition over a step's tokens. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class NormBenchmark {
    private static final float EPSILON = 1e-6f;

    private RmsNorm kernel;
    private int rows;
    private int columns;
    private Buffer x;
    private Buffer residual;
    private Buffer weight;
    private Buffer sum;
    private Buffer y;
    private Buffer inverseRms;
    private Buffer dx;

    @Setup
    public void prepare(KernelState state) {
        kernel = state.kernels().rmsNorm();
        rows = state.rows();
        columns = state.shape().config().hiddenSize();
        long count = (long) rows * columns;
        x = state.floats(count);
        residual = state.floats(count);
        weight = state.floats(columns);
        sum = state.floats(count);
        y = state.floats(count);
        inverseRms = state.floats(rows);
        dx = state.floats(count);
    }

    @Benchmark
    public void forward() {
        kernel.forward(rows, columns, EPSILON, x, residual, weight, sum, y, inverseRms);
    }

    @Benchmark
    public void backward() {
        kernel.backward(rows, columns, y, sum, weight, inverseRms, residual, dx, null);
    }
}
