package dev.panacea.training.plan;

import dev.panacea.runtime.DType;
import dev.panacea.transformer.config.LlamaConfig;

/** Bytes that kernels hold while they run, beside their arguments. */
sealed interface KernelScratch permits HostScratch, CudaScratch {

    /** Float32 activations are the host's alone. */
    static KernelScratch of(StepExtent extent, LlamaConfig config, Storage storage) {
        return storage.activations() == DType.F32 ? new HostScratch(extent, config, storage.matrices()) : new CudaScratch(extent, config);
    }

    long adaptedForward(long inputs, long outputs, long rank);

    long adaptedBackward(long inputs, long outputs, long rank);

    /** Of a linear layer without an adapter. */
    long plainForward(long inputs, long outputs);

    long plainBackward(long inputs, long outputs);

    long attentionForward();

    long attentionBackward();

    /** Of log-probabilities, and where it differentiates of their derivative. */
    long head(boolean differentiates);
}
