package dev.panacea.bench.kernel;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.runtime.Buffer;
import dev.panacea.transformer.config.LlamaConfig;
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

/** Softmax attention of one layer over a step's sequences. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class AttentionBenchmark {
    private Attention kernel;
    private Attention.Shape shape;
    private PackedSequences sequences;
    private Buffer query;
    private Buffer key;
    private Buffer value;
    private Buffer output;
    private Buffer logSumExp;
    private Buffer dOutput;
    private Buffer dQuery;
    private Buffer dKey;
    private Buffer dValue;

    @Setup
    public void prepare(KernelState state) {
        LlamaConfig config = state.shape().config();
        kernel = state.kernels().attention();
        sequences = state.sequences();
        shape = new Attention.Shape(config.heads(), config.kvHeads(), config.headDim(), (float) (1 / Math.sqrt(config.headDim())), true);
        long queries = (long) sequences.tokens() * config.queryWidth();
        long keys = (long) sequences.tokens() * config.kvWidth();
        query = state.floats(queries);
        key = state.floats(keys);
        value = state.floats(keys);
        output = state.floats(queries);
        logSumExp = state.floats((long) sequences.tokens() * config.heads());
        dOutput = state.floats(queries);
        dQuery = state.floats(queries);
        dKey = state.floats(keys);
        dValue = state.floats(keys);
        forward();
    }

    @Benchmark
    public void forward() {
        kernel.forward(shape, sequences, query, key, value, null, output, logSumExp);
    }

    @Benchmark
    public void backward() {
        kernel.backward(shape, sequences, query, key, value, null, output, logSumExp, dOutput, dQuery, dKey, dValue);
    }
}
