package dev.panacea.bench.kernel;

import dev.panacea.kernels.svdlora.SvdLoraGroup;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import java.util.ArrayList;
import java.util.List;
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

/** The adapted q, k and v of one layer over a step's tokens: in one call, and in a call for each. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class SvdLoraGroupBenchmark {
    private static final int RANK = 10;

    @Param({"F32", "BF16"})
    private DType dtype;

    private final List<Buffer> y = new ArrayList<>();
    private final List<Gradients> gradients = new ArrayList<>();
    private SvdLoraLinear kernel;
    private SvdLoraGroup group;
    private Buffer dx;

    @Setup
    public void prepare(KernelState state) {
        int width = state.shape().config().hiddenSize();
        long rows = state.rows();
        kernel = state.kernels().svdLoraLinear();
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < SvdLoraGroup.MOST_MEMBERS; i++) {
            members.add(new Member(width, RANK, state.matrix(dtype, (long) width * width), state.floats((long) width * RANK),
                state.floats((long) width * RANK), state.floats(RANK), state.floats(rows * RANK)));
            y.add(state.floats(rows * width));
            gradients.add(new Gradients(state.floats(rows * width), state.floats((long) width * RANK),
                state.floats((long) width * RANK), state.floats(RANK)));
        }
        group = new SvdLoraGroup(state.rows(), width, 1, state.floats(rows * width), null, members);
        dx = state.floats(rows * width);
    }

    @Benchmark
    public void together() {
        kernel.forward(SvdLoraLinear.Path.UNMERGED, group, y);
        kernel.backward(group, gradients, dx, false);
    }

    @Benchmark
    public void apart() {
        for (int i = 0; i < y.size(); i++) {
            SvdLoraGroup one = group.of(group.x(), List.of(group.members().get(i)));
            kernel.forward(SvdLoraLinear.Path.UNMERGED, one, List.of(y.get(i)));
            kernel.backward(one, List.of(gradients.get(i)), dx, i > 0);
        }
    }
}
