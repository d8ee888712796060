package dev.panacea.kernels.preference;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** Supervised fine-tuning losses by preference dimension: each demonstration belongs to one dimension and counts only there. */
public interface LikelihoodLoss {

    /** This family on {@code device}. */
    static LikelihoodLoss on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostLikelihoodLoss();
            case CudaDevice cuda -> new CudaLikelihoodLoss(cuda);
        };
    }

    /**
     * @param logProb F32 [sequences]
     * @param dimension I32 [sequences], each in [0, dimensions)
     * @param loss F32 (sequences, dimensions), overwritten: {@code -logProb} in a sequence's own dimension, 0 elsewhere
     * @throws IllegalArgumentException when a dimension is not there; a CUDA device, which cannot throw, makes NaN of its sequence
     */
    void forward(int sequences, int dimensions, Buffer logProb, Buffer dimension, Buffer loss);

    /** Overwrites {@code dLogProb} [sequences] given {@code dLoss} (sequences, dimensions). */
    void backward(int sequences, int dimensions, Buffer dimension, Buffer dLoss, Buffer dLogProb);
}
