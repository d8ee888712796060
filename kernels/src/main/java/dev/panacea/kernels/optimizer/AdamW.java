package dev.panacea.kernels.optimizer;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter 2019) over one flat run of F32 parameters. What changes from step to step is
 * in buffers, so neither {@link #norm} nor {@link #step} waits for the device, and both can be captured and repeated.
 */
public interface AdamW {

    /** Elements of a buffer that holds a norm: the norm, and room for sums on the way to it. */
    int NORM_COUNT = 1 + 1024;

    /** This family on {@code device}. */
    static AdamW on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostAdamW(host);
            case CudaDevice cuda -> new CudaAdamW(cuda);
        };
    }

    record Settings(float beta1, float beta2, float epsilon, float weightDecay) {
        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0 && weightDecay >= 0)) {
                throw new IllegalArgumentException("AdamW needs betas in [0, 1), a positive epsilon and no negative weight decay");
            }
        }

        float fresh1() {
            return (float) (1 - (double) beta1);
        }

        float fresh2() {
            return (float) (1 - (double) beta2);
        }
    }

    /**
     * What a step has of its own.
     *
     * @param correction1 of the first moment's bias, 1 / (1 - β₁^t)
     * @param correction2 of the second moment's bias, 1 / (1 - β₂^t)
     */
    record Schedule(float rate, float correction1, float correction2) {

        /** Elements of a buffer that holds one. */
        public static final int COUNT = 3;

        /** @param step t, the number of the step, the first being 1 */
        public static Schedule of(Settings settings, long step, double rate) {
            if (step < 1) {
                throw new IllegalArgumentException("the first step of AdamW is 1, not " + step);
            }
            return new Schedule((float) rate, correction(settings.beta1(), step), correction(settings.beta2(), step));
        }

        private static float correction(double beta, long step) {
            return (float) (1 / (1 - Math.pow(beta, step)));
        }

        /** What a buffer that holds it has: [{@link #COUNT}]. */
        public float[] values() {
            return new float[] {rate, correction1, correction2};
        }

        /** Fills {@code schedule}, F32 [{@link #COUNT}]. */
        public void writeTo(Buffer schedule) {
            schedule.copyFrom(values());
        }
    }

    /**
     * ‖gradient‖₂, summed in float64 and in a fixed order; NaN where a loss is not finite, which its gradient need not show.
     *
     * @param gradient [count]
     * @param losses F32 of any count; null for none
     * @param norm I64 [{@link #NORM_COUNT}], overwritten; its first element holds the bits of the float64: see {@link #value}
     */
    void norm(long count, Buffer gradient, Buffer losses, Buffer norm);

    /** {@link #norm(long, Buffer, Buffer, Buffer)} of a gradient alone. */
    default void norm(long count, Buffer gradient, Buffer norm) {
        norm(count, gradient, null, norm);
    }

    /** What {@link #norm} wrote; waits for the device. */
    static double value(Buffer norm) {
        return switch (norm) {
            case HostBuffer host -> host.segment().get(ValueLayout.JAVA_DOUBLE, 0);
            case CudaBuffer cuda -> {
                double[] value = new double[1];
                cuda.slice(0, 1).copyTo(MemorySegment.ofArray(value));
                yield value[0];
            }
        };
    }

    /**
     * One step, in place: {@code p ← p - rate·(m̂ / (sqrt(v̂) + ε) + decay·p)} with the gradient scaled to length {@code clip} where it is
     * longer. Where the norm is not finite nothing is written: parameters, moments and copies stay as they are.
     *
     * @param schedule of this step, as {@link Schedule#writeTo} filled it
     * @param norm of the gradient, as {@link #norm} left it
     * @param clip largest norm let through; 0 for no clipping
     * @param parameters, gradient, first moment m and second moment v: [count] each
     * @param rounded BF16 [count], overwritten with the new parameters; null when nobody needs them
     */
    void step(Settings settings, Buffer schedule, Buffer norm, double clip, long count, Buffer parameters, Buffer gradient,
              Buffer firstMoment, Buffer secondMoment, Buffer rounded);
}
