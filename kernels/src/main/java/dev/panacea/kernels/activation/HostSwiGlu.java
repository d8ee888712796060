package dev.panacea.kernels.activation;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.kernels.vectors.Exponential;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** SwiGLU on the cores of the host, one pass over its arrays. */
final class HostSwiGlu implements SwiGlu {
    private static final float LEAST = -88;

    private final Workers workers;

    HostSwiGlu(HostDevice device) {
        workers = device.workers();
    }

    @Override
    public void forward(long count, Buffer gate, Buffer up, Buffer y) {
        MemorySegment g = Operand.floats("gate", gate, count);
        MemorySegment u = Operand.floats("up", up, count);
        MemorySegment output = Operand.floats("y", y, count);
        Blocks.ofElements(count).forEach(workers, (block, from, to) -> forward(g, u, output, from, to));
    }

    private static void forward(MemorySegment gate, MemorySegment up, MemorySegment y, long from, long to) {
        long i = from;
        for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
            forwardAt(i, to, gate, up, y);
        }
        if (i < to) {
            forwardAt(i, to, gate, up, y);
        }
    }

    private static void forwardAt(long i, long to, MemorySegment gate, MemorySegment up, MemorySegment y) {
        FloatVector z = Lanes.load(gate, i, to);
        Lanes.store(z.mul(sigmoid(z)).mul(Lanes.load(up, i, to)), y, i, to);
    }

    @Override
    public void backward(long count, Buffer dy, Buffer gate, Buffer up, Buffer dGate, Buffer dUp) {
        MemorySegment d = Operand.floats("dy", dy, count);
        MemorySegment g = Operand.floats("gate", gate, count);
        MemorySegment u = Operand.floats("up", up, count);
        MemorySegment dg = Operand.floats("dGate", dGate, count);
        MemorySegment du = Operand.floats("dUp", dUp, count);
        Blocks.ofElements(count).forEach(workers, (block, from, to) -> backward(d, g, u, dg, du, from, to));
    }

    private static void backward(MemorySegment dy, MemorySegment gate, MemorySegment up, MemorySegment dGate, MemorySegment dUp,
                                 long from, long to) {
        long i = from;
        for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
            backwardAt(i, to, dy, gate, up, dGate, dUp);
        }
        if (i < to) {
            backwardAt(i, to, dy, gate, up, dGate, dUp);
        }
    }

    private static void backwardAt(long i, long to, MemorySegment dy, MemorySegment gate, MemorySegment up, MemorySegment dGate,
                                   MemorySegment dUp) {
        FloatVector d = Lanes.load(dy, i, to);
        FloatVector z = Lanes.load(gate, i, to);
        FloatVector sigmoid = sigmoid(z);
        FloatVector silu = z.mul(sigmoid);
        // silu'(z) = σ(z) + silu(z)·(1 - σ(z))
        FloatVector slope = silu.fma(Lanes.all(1).sub(sigmoid), sigmoid);
        FloatVector du = d.mul(silu);
        Lanes.store(d.mul(Lanes.load(up, i, to)).mul(slope), dGate, i, to);
        Lanes.store(du, dUp, i, to);
    }

    // below LEAST e^-z leaves float's range, and z·σ(z) is 0 next to anything
    private static FloatVector sigmoid(FloatVector z) {
        FloatVector sigmoid = Lanes.all(1).div(Exponential.exp(z.neg()).add(1));
        return sigmoid.blend(0, z.compare(VectorOperators.LT, LEAST));
    }
}
