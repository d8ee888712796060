package dev.panacea.kernels.preference;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * DPO losses of every preference dimension on shared pairs (Rafailov et al. 2023; Zhong et al. 2024): one margin
 * {@code Δ = (log π - log π_ref)(y₀) - (log π - log π_ref)(y₁)} a pair serves all dimensions, each with its own label. All F32, row-major.
 */
public interface PreferenceLoss {

    /** This family on {@code device}. */
    static PreferenceLoss on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostPreferenceLoss(host);
            case CudaDevice cuda -> new CudaPreferenceLoss(cuda);
        };
    }

    /**
     * @param pairs P; dimensions m
     * @param beta β of DPO
     */
    record Shape(int pairs, int dimensions, float beta) {
        public Shape {
            if (!(pairs >= 0 && dimensions >= 1 && beta > 0 && Float.isFinite(beta))) {
                throw new IllegalArgumentException("no DPO loss of " + pairs + " pairs in " + dimensions + " dimensions with beta " + beta);
            }
        }

        /** P · m, the number of losses. */
        public long judgements() {
            return (long) pairs * dimensions;
        }
    }

    /**
     * @param logRatio {@code log π - log π_ref} of whole responses [2·P]: response 0 of pair p at 2p, response 1 at 2p + 1
     * @param label (P, m): +1 when dimension i prefers response 0, -1 for response 1, 0 when it does not judge the pair
     * @param loss (P, m), overwritten: {@code -log sigmoid(β · label · Δ)}, 0 where not judged
     * @throws IllegalArgumentException when a label is another number; a CUDA device, which cannot throw, makes NaN of it
     */
    void forward(Shape shape, Buffer logRatio, Buffer label, Buffer loss);

    /** Overwrites {@code dLogRatio} [2·P] given {@code dLoss} (P, m), which is not looked at where {@code label} is 0. */
    void backward(Shape shape, Buffer logRatio, Buffer label, Buffer dLoss, Buffer dLogRatio);
}
