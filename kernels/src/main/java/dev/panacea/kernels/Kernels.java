package dev.panacea.kernels;

import dev.panacea.kernels.activation.SwiGlu;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.kernels.autotune.Autotune;
import dev.panacea.kernels.cache.CacheStore;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.embedding.Embedding;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.kernels.norm.RmsNorm;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.kernels.paper.Idle;
import dev.panacea.kernels.preference.LikelihoodLoss;
import dev.panacea.kernels.preference.PreferenceLoss;
import dev.panacea.kernels.rotary.Rotary;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import java.nio.file.Path;

/**
 * The one door to the kernels: every family for one device.
 *
 * @param activations dtype of what flows through a model and of its gradients; statistics, losses and masters are F32 beside it
 */
public record Kernels(Device device, DType activations, Attention attention, SvdLoraLinear svdLoraLinear, Linear linear,
                      RmsNorm rmsNorm, Rotary rotary, SwiGlu swiGlu, Embedding embedding, LinearLogProb linearLogProb, AdamW adamW,
                      Elementwise elementwise, PreferenceLoss preferenceLoss, LikelihoodLoss likelihoodLoss, Sampling sampling,
                      CacheStore cacheStore) {

    private static Linear linear(Device device) {
        return device instanceof CudaDevice cuda && cuda.isHardware()
            ? Linear.measured(cuda, Autotune.ofUser(cuda)) : Linear.on(device);
    }

    /** Lets ways that are chosen by measuring be taken from {@code file} first and be kept there. */
    public void keepWays(Path file) {
        svdLoraLinear.keepWays(file);
        linear.keepWays(file);
    }

    /** These with other families of layers. */
    public Kernels with(SvdLoraLinear adapted, Linear plain) {
        return new Kernels(device, activations, attention, adapted, plain, rmsNorm, rotary, swiGlu, embedding, linearLogProb, adamW,
            elementwise, preferenceLoss, likelihoodLoss, sampling, cacheStore);
    }

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
        return new Kernels(device, activations, Attention.on(device), SvdLoraLinear.on(device), linear(device), RmsNorm.on(device),
            Rotary.on(device), SwiGlu.on(device), Embedding.on(device), LinearLogProb.on(device), AdamW.on(device),
            Elementwise.on(device), PreferenceLoss.on(device), LikelihoodLoss.on(device),
            Sampling.on(device), CacheStore.on(device));
    }

    /**
     * The host's families with F32 activations on paper: none computes, and what they would hold on a host with so many threads is taken
     * of {@code memory}. A CUDA device on paper needs no families of its own.
     *
     * @param memory of a {@link dev.panacea.runtime.simulator.PaperDriver}
     */
    public static Kernels ofHostOnPaper(CudaDevice memory, int threads) {
        return new Kernels(memory, DType.F32, Attention.onPaper(memory, threads), SvdLoraLinear.onPaper(memory), Linear.onPaper(memory),
            Idle.of(RmsNorm.class), Idle.of(Rotary.class), Idle.of(SwiGlu.class), Idle.of(Embedding.class),
            LinearLogProb.onPaper(memory, threads), Idle.of(AdamW.class), Idle.of(Elementwise.class), Idle.of(PreferenceLoss.class),
            Idle.of(LikelihoodLoss.class), Idle.of(Sampling.class), Idle.of(CacheStore.class));
    }
}
