package dev.panacea.kernels.optimizer;

import dev.panacea.kernels.cuda.MissingFamily;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** AdamW with decoupled weight decay (Loshchilov and Hutter 2019) over one flat run of F32 parameters. */
public interface AdamW {

    /** This family on {@code device}. */
    static AdamW on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostAdamW(host);
            case CudaDevice cuda -> MissingFamily.of(AdamW.class, cuda);
        };
    }

    record Settings(float beta1, float beta2, float epsilon, float weightDecay) {
        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0 && weightDecay >= 0)) {
                throw new IllegalArgumentException("AdamW needs betas in [0, 1), a positive epsilon and no negative weight decay");
            }
        }
    }

    /**
     * One step, in place: {@code p ← p - rate·(m̂ / (sqrt(v̂) + ε) + decay·p)}.
     *
     * @param step number of this step, the first being 1 (bias correction)
     * @param gradientScale factor on the gradient before it is used (clipping, accumulation)
     * @param parameters, gradient, first moment m and second moment v: [count] each
     */
    void step(Settings settings, long step, float rate, float gradientScale, long count,
              Buffer parameters, Buffer gradient, Buffer firstMoment, Buffer secondMoment);
}
