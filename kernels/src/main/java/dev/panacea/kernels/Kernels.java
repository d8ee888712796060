package dev.panacea.kernels;

import dev.panacea.kernels.activation.SwiGlu;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.kernels.cache.CacheStore;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.embedding.Embedding;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.kernels.norm.RmsNorm;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.kernels.preference.LikelihoodLoss;
import dev.panacea.kernels.preference.PreferenceLoss;
import dev.panacea.kernels.rotary.Rotary;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/**
 * The one door to the kernels: every family for one device.
 *
 * @param activations dtype of what flows through a model and of its gradients; statistics, losses and masters are F32 beside it
 */
public record Kernels(Device device, DType activations, Attention attention, SvdLoraLinear svdLoraLinear, Linear linear,
                      RmsNorm rmsNorm, Rotary rotary, SwiGlu swiGlu, Embedding embedding, LinearLogProb linearLogProb, AdamW adamW,
                      Elementwise elementwise, PreferenceLoss preferenceLoss, LikelihoodLoss likelihoodLoss, Sampling sampling,
                      CacheStore cacheStore) {

    /** Whether this build carries PTX, as it does when nvcc was there; without it no kernel runs on a CUDA device. */
    public static boolean carryPtx() {
        return Kernels.class.getResource("norm/rms_norm_forward.ptx") != null;
    }

    /** Every family on {@code device}, with F32 activations on the host and BF16 elsewhere. */
    public static Kernels on(Device device) {
        return on(device, switch (device) {
            case HostDevice host -> DType.F32;
            case CudaDevice cuda -> DType.BF16;
        });
    }

    /**
     * {@link #on(Device)} with activations of that dtype.
     *
     * @throws IllegalArgumentException unless they are BF16, or F32 on the host
     */
    public static Kernels on(Device device, DType activations) {
        if (activations != DType.BF16 && !(activations == DType.F32 && device instanceof HostDevice)) {
            throw new IllegalArgumentException("no activations of " + activations + " on " + device);
        }
        return new Kernels(device, activations, Attention.on(device), SvdLoraLinear.on(device), Linear.on(device), RmsNorm.on(device),
            Rotary.on(device), SwiGlu.on(device), Embedding.on(device), LinearLogProb.on(device), AdamW.on(device),
            Elementwise.on(device), PreferenceLoss.on(device), LikelihoodLoss.on(device),
            Sampling.on(device), CacheStore.on(device));
    }
}
