package dev.panacea.training.plan;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Precision;

/**
 * In which dtypes a model is held.
 *
 * @param matrices of the frozen weights
 * @param activations with them norms, gradients of activations, and the copies of trained parameters that products read
 */
public record Storage(DType matrices, DType activations) {

    /** Of a model that is loaded at that precision for these kernels. */
    public static Storage of(Kernels kernels, Precision precision) {
        return new Storage(precision.weights(), kernels.activations());
    }

    /** Bytes that a trained parameter takes beside its float32 master. */
    long copyBytes() {
        return activations == DType.F32 ? 0 : activations.bytes();
    }
}
