package dev.panacea.kernels;

import dev.panacea.kernels.activation.SwiGlu;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.embedding.Embedding;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.kernels.norm.RmsNorm;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.kernels.preference.PreferenceLoss;
import dev.panacea.kernels.rotary.Rotary;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** The one door to the kernels: every family for one device. */
public interface Kernels {

    static Kernels on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostKernels(host);
        };
    }

    Device device();

    Attention attention();

    SvdLoraLinear svdLoraLinear();

    Linear linear();

    RmsNorm rmsNorm();

    Rotary rotary();

    SwiGlu swiGlu();

    Embedding embedding();

    LinearLogProb linearLogProb();

    AdamW adamW();

    Elementwise elementwise();

    PreferenceLoss preferenceLoss();

    Sampling sampling();
}
