package dev.panacea.bench.kernel;

import dev.panacea.bench.step.ModelShape;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A device and the batch of a model's training step, for kernels to work on. */
@State(Scope.Benchmark)
public class KernelState {
    @Param({"tinystories-656k", "llama-15m"})
    private String model;

    @Param({"1", "2"})
    private int threads;

    private final SplittableRandom random = new SplittableRandom(17);
    private ModelShape shape;
    private HostDevice device;
    private MemoryScope memory;
    private Kernels kernels;

    @Setup(Level.Trial)
    public void open() {
        shape = ModelShape.ALL.stream().filter(candidate -> candidate.name().equals(model)).findFirst().orElseThrow();
        device = new HostDevice(threads);
        memory = device.openScope("benchmark");
        kernels = Kernels.on(device);
    }

    @TearDown(Level.Trial)
    public void close() {
        memory.close();
        device.close();
    }

    Kernels kernels() {
        return kernels;
    }

    ModelShape shape() {
        return shape;
    }

    /** Sequences of a step, all of the average length. */
    PackedSequences sequences() {
        int length = shape.promptTokens() + shape.responseTokens();
        return PackedSequences.ofLengths(IntStream.generate(() -> length).limit(2L * shape.pairs()).toArray());
    }

    int rows() {
        return sequences().tokens();
    }

    Buffer floats(long count) {
        HostBuffer buffer = memory.allocateHost("floats", DType.F32, count);
        for (long i = 0; i < count; i++) {
            buffer.setFloat(i, (float) random.nextDouble(-0.1, 0.1));
        }
        return buffer;
    }

    /** Random values of either float dtype. */
    Buffer matrix(DType dtype, long count) {
        Buffer values = floats(count);
        if (dtype == DType.F32) {
            return values;
        }
        Buffer rounded = memory.allocate("matrix", dtype, count);
        kernels.elementwise().cast(count, values, rounded);
        memory.release(values);
        return rounded;
    }

    Buffer ints(int count, int bound) {
        HostBuffer buffer = memory.allocateHost("ints", DType.I32, count);
        for (int i = 0; i < count; i++) {
            buffer.setInt(i, random.nextInt(bound));
        }
        return buffer;
    }
}
