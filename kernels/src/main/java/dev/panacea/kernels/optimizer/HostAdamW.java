package dev.panacea.kernels.optimizer;

import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** AdamW on the cores of the host, one pass over its four arrays. */
final class HostAdamW implements AdamW {

    /** What is the same for every parameter in one step, worked out in float64. */
    private record Factors(Settings settings, float rate, float gradientScale, float fresh1, float fresh2, float correction1,
                           float correction2) {

        static Factors of(Settings settings, long step, float rate, float gradientScale) {
            double beta1 = settings.beta1();
            double beta2 = settings.beta2();
            return new Factors(settings, rate, gradientScale, (float) (1 - beta1), (float) (1 - beta2),
                (float) (1 / (1 - Math.pow(beta1, step))), (float) (1 / (1 - Math.pow(beta2, step))));
        }
    }

    /** The four arrays of a step. */
    private record Arrays(MemorySegment parameters, MemorySegment gradient, MemorySegment first, MemorySegment second) { }

    private final Workers workers;

    HostAdamW(HostDevice device) {
        workers = device.workers();
    }

    @Override
    public void step(Settings settings, long step, float rate, float gradientScale, long count, Buffer parameters, Buffer gradient,
                     Buffer firstMoment, Buffer secondMoment) {
        if (step < 1) {
            throw new IllegalArgumentException("the first step of AdamW is 1, not " + step);
        }
        Factors factors = Factors.of(settings, step, rate, gradientScale);
        Arrays arrays = new Arrays(Operand.floats("parameters", parameters, count), Operand.floats("gradient", gradient, count),
            Operand.floats("firstMoment", firstMoment, count), Operand.floats("secondMoment", secondMoment, count));
        Blocks.ofElements(count).forEach(workers, (block, from, to) -> step(factors, arrays, from, to));
    }

    private static void step(Factors factors, Arrays arrays, long from, long to) {
        long i = from;
        for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
            stepAt(i, to, factors, arrays);
        }
        if (i < to) {
            stepAt(i, to, factors, arrays);
        }
    }

    private static void stepAt(long i, long to, Factors factors, Arrays arrays) {
        Settings settings = factors.settings;
        FloatVector g = Lanes.load(arrays.gradient, i, to).mul(factors.gradientScale);
        FloatVector m = Lanes.load(arrays.first, i, to).mul(settings.beta1()).add(g.mul(factors.fresh1));
        FloatVector v = Lanes.load(arrays.second, i, to).mul(settings.beta2()).add(g.mul(g).mul(factors.fresh2));
        FloatVector p = Lanes.load(arrays.parameters, i, to);
        FloatVector deviation = v.mul(factors.correction2).sqrt().add(settings.epsilon());
        FloatVector direction = m.mul(factors.correction1).div(deviation).add(p.mul(settings.weightDecay()));
        Lanes.store(m, arrays.first, i, to);
        Lanes.store(v, arrays.second, i, to);
        Lanes.store(p.sub(direction.mul(factors.rate)), arrays.parameters, i, to);
    }
}
