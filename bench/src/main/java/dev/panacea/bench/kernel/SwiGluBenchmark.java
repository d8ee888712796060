package dev.panacea.bench.kernel;

import dev.panacea.kernels.activation.SwiGlu;
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

/** The gated activation of one layer over a step's tokens. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class SwiGluBenchmark {
    private SwiGlu kernel;
    private long count;
    private Buffer gate;
    private Buffer up;
    private Buffer y;
    private Buffer dGate;
    private Buffer dUp;

    @Setup
    public void prepare(KernelState state) {
        kernel = state.kernels().swiGlu();
        count = (long) state.rows() * state.shape().config().intermediateSize();
        gate = state.floats(count);
        up = state.floats(count);
        y = state.floats(count);
        dGate = state.floats(count);
        dUp = state.floats(count);
    }

    @Benchmark
    public void forward() {
        kernel.forward(count, gate, up, y);
    }

    @Benchmark
    public void backward() {
        kernel.backward(count, y, gate, up, dGate, dUp);
    }
}
