package dev.panacea.kernels.optimizer;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.host.Blocks;
import dev.panacea.kernels.host.Operand;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** AdamW on the cores of the host, one pass over its four arrays. */
final class HostAdamW implements AdamW {

    /** What is the same for every parameter in one step. */
    private record Factors(Settings settings, Schedule schedule, float gradientScale, float fresh1, float fresh2) { }

    /** The four arrays of a step. */
    private record Arrays(MemorySegment parameters, MemorySegment gradient, MemorySegment first, MemorySegment second) { }

    private final Workers workers;
    private final Elementwise elementwise;

    HostAdamW(HostDevice device) {
        workers = device.workers();
        elementwise = Elementwise.on(device);
    }

    @Override
    public void norm(long count, Buffer gradient, Buffer losses, Buffer norm) {
        MemorySegment result = Operand.of("norm", norm, DType.I64, NORM_COUNT);
        double length = Math.sqrt(elementwise.sumOfSquares(count, gradient));
        result.set(ValueLayout.JAVA_DOUBLE, 0, losses == null || areFinite(losses) ? length : Double.NaN);
    }

    private static boolean areFinite(Buffer losses) {
        MemorySegment values = Operand.floats("losses", losses, losses.count());
        for (long i = 0; i < losses.count(); i++) {
            if (!Float.isFinite(values.getAtIndex(ValueLayout.JAVA_FLOAT, i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void step(Settings settings, Buffer schedule, Buffer norm, double clip, long count, Buffer parameters, Buffer gradient,
                     Buffer firstMoment, Buffer secondMoment, Buffer rounded) {
        double length = Operand.of("norm", norm, DType.I64, NORM_COUNT).get(ValueLayout.JAVA_DOUBLE, 0);
        float gradientScale = clip <= 0 || length <= clip ? 1 : (float) (clip / length);
        Factors factors = new Factors(settings, read(schedule), gradientScale, settings.fresh1(), settings.fresh2());
        Arrays arrays = new Arrays(Operand.floats("parameters", parameters, count), Operand.floats("gradient", gradient, count),
            Operand.floats("firstMoment", firstMoment, count), Operand.floats("secondMoment", secondMoment, count));
        if (rounded != null) {
            Operand.of("rounded", rounded, DType.BF16, count);
        }
        if (!Double.isFinite(length)) {
            return;
        }
        Blocks.ofElements(count).forEach(workers, (block, from, to) -> step(factors, arrays, from, to));
        if (rounded != null) {
            elementwise.cast(count, parameters, rounded);
        }
    }

    private static Schedule read(Buffer schedule) {
        MemorySegment values = Operand.floats("schedule", schedule, Schedule.COUNT);
        return new Schedule(values.getAtIndex(ValueLayout.JAVA_FLOAT, 0), values.getAtIndex(ValueLayout.JAVA_FLOAT, 1),
            values.getAtIndex(ValueLayout.JAVA_FLOAT, 2));
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
        Schedule schedule = factors.schedule;
        FloatVector g = Lanes.load(arrays.gradient, i, to).mul(factors.gradientScale);
        FloatVector m = Lanes.load(arrays.first, i, to).mul(settings.beta1()).add(g.mul(factors.fresh1));
        FloatVector v = Lanes.load(arrays.second, i, to).mul(settings.beta2()).add(g.mul(g).mul(factors.fresh2));
        FloatVector p = Lanes.load(arrays.parameters, i, to);
        FloatVector deviation = v.mul(schedule.correction2()).sqrt().add(settings.epsilon());
        FloatVector direction = m.mul(schedule.correction1()).div(deviation).add(p.mul(settings.weightDecay()));
        Lanes.store(m, arrays.first, i, to);
        Lanes.store(v, arrays.second, i, to);
        Lanes.store(p.sub(direction.mul(schedule.rate())), arrays.parameters, i, to);
    }
}
