package dev.panacea.config;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.svdlora.AdapterWay;
import dev.panacea.kernels.svdlora.AdapterWays;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.CudaDevice;

/** The way of adapted layers that a configuration asks for; {@code AUTO} is the quickest, measured. The host has one of its own. */
public enum AdapterWayChoice {
    AUTO, FUSED, UNFUSED, CUBLAS_AUGMENTED, CUBLAS_UNFUSED;

    /** {@code kernels} with adapted layers that take this way. */
    public Kernels on(Kernels kernels) {
        if (this == AUTO || !(kernels.device() instanceof CudaDevice device)) {
            return kernels;
        }
        return kernels.withSvdLoraLinear(SvdLoraLinear.on(device, AdapterWays.always(AdapterWay.valueOf(name()))));
    }
}
