package dev.panacea.kernels;

import dev.panacea.kernels.activation.SwiGlu;
import dev.panacea.kernels.attention.Attention;
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
import dev.panacea.runtime.Device;

/** The one door to the kernels: every family for one device. */
public record Kernels(Device device, Attention attention, SvdLoraLinear svdLoraLinear, Linear linear, RmsNorm rmsNorm, Rotary rotary,
                      SwiGlu swiGlu, Embedding embedding, LinearLogProb linearLogProb, AdamW adamW, Elementwise elementwise,
                      PreferenceLoss preferenceLoss, LikelihoodLoss likelihoodLoss, Sampling sampling) {

    /** Whether this build carries PTX, as it does when nvcc was there; without it no kernel runs on a CUDA device. */
    public static boolean carryPtx() {
        return Kernels.class.getResource("norm/rms_norm_forward.ptx") != null;
    }

    /** Every family on {@code device}; one that it lacks refuses at its first use. */
    public static Kernels on(Device device) {
        return new Kernels(device, Attention.on(device), SvdLoraLinear.on(device), Linear.on(device), RmsNorm.on(device),
            Rotary.on(device), SwiGlu.on(device), Embedding.on(device), LinearLogProb.on(device), AdamW.on(device),
            Elementwise.on(device), PreferenceLoss.on(device), LikelihoodLoss.on(device),
            Sampling.on(device));
    }
}
