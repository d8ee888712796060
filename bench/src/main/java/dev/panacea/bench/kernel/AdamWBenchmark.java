package dev.panacea.bench.kernel;

import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.runtime.Buffer;
import dev.panacea.transformer.adapter.AdapterLayout;
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

/** One AdamW step over all parameters of a model's adapter. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class AdamWBenchmark {
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0);

    private AdamW kernel;
    private long count;
    private Buffer parameters;
    private Buffer gradient;
    private Buffer firstMoment;
    private Buffer secondMoment;
    private Buffer schedule;
    private long step;

    @Setup
    public void prepare(KernelState state) {
        kernel = state.kernels().adamW();
        count = AdapterLayout.DEFAULT.resolve(state.shape().config(), 2).parameterCount();
        parameters = state.floats(count);
        gradient = state.floats(count);
        firstMoment = state.floats(count);
        secondMoment = state.floats(count);
        schedule = state.floats(AdamW.Schedule.COUNT);
        state.kernels().elementwise().fill(count, 0, secondMoment);
    }

    @Benchmark
    public void step() {
        step++;
        AdamW.Schedule.of(SETTINGS, step, 1e-4).writeTo(schedule);
        kernel.step(SETTINGS, schedule, null, 0, count, parameters, gradient, firstMoment, secondMoment, null);
    }
}
