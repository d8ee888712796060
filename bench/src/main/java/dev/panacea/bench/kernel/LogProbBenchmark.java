package dev.panacea.bench.kernel;

import dev.panacea.kernels.logprob.LinearLogProb;
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

/** Log-probabilities of a step's targets under the frozen head, with and without their derivative. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class LogProbBenchmark {
    @Param({"F32", "BF16"})
    private DType dtype;

    private LinearLogProb kernel;
    private LinearLogProb.Shape shape;
    private Buffer x;
    private Buffer head;
    private Buffer targets;
    private Buffer logProb;
    private Buffer derivative;
    private Buffer dx;

    @Setup
    public void prepare(KernelState state) {
        int hidden = state.shape().config().hiddenSize();
        int vocabulary = state.shape().config().vocabularySize();
        long rows = state.rows();
        kernel = state.kernels().linearLogProb();
        shape = new LinearLogProb.Shape(state.rows(), hidden, vocabulary);
        x = state.floats(rows * hidden);
        head = state.matrix(dtype, (long) vocabulary * hidden);
        targets = state.ints(state.rows(), vocabulary);
        logProb = state.floats(rows);
        derivative = state.floats(rows * hidden);
        dx = state.floats(rows * hidden);
    }

    @Benchmark
    public void forward() {
        kernel.forward(shape, x, head, targets, logProb, null);
    }

    @Benchmark
    public void forwardWithDerivative() {
        kernel.forward(shape, x, head, targets, logProb, derivative);
    }

    @Benchmark
    public void backwardFrozen() {
        kernel.backwardFrozen(shape, logProb, derivative, dx);
    }
}
